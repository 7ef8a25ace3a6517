import { Module } from '@nestjs/common';
import { PartnerApiModule } from '../partner-api/partner-api.module.js';
import { CallRecorder } from './call-recorder.js';
import { CallsController } from './calls.controller.js';
import { CallsService } from './calls.service.js';

@Module({ imports: [PartnerApiModule], controllers: [CallsController], providers: [CallRecorder, CallsService] })
export class CallsModule {}
