import { Module } from '@nestjs/common';
import { RenewalWorker } from './renewal-worker.js';
import { RenewalsModule } from './renewals.module.js';

/** Apart from the renewals themselves: a command of the operator's runs them without working in the background. */
@Module({ imports: [RenewalsModule], providers: [RenewalWorker], exports: [RenewalWorker] })
export class RenewalWorkerModule {}
