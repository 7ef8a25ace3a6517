import { Module } from '@nestjs/common';
import { PartnerApiModule } from '../partner-api/partner-api.module.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';

@Module({ imports: [PartnerApiModule], controllers: [EventsController], providers: [EventsService] })
export class EventsApiModule {}
