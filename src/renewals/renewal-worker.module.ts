import { Module } from '@nestjs/common';
import { RenewalWorker } from './renewal-worker.js';
import { RenewalsModule } from './renewals.module.js';

/** Separate from RenewalsModule, because the command line runs renewals without the background worker. */
@Module({ imports: [RenewalsModule], providers: [RenewalWorker], exports: [RenewalWorker] })
export class RenewalWorkerModule {}
