import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { EventSequencerModule } from '../events/event-sequencer.module.js';
import { EventsModule } from '../events/events.module.js';
import { PartnerApiModule } from '../partner-api/partner-api.module.js';
import { PartnersModule } from '../partners/partners.module.js';
import { AddressGuard } from './address-guard.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryFanOut } from './delivery-fan-out.js';
import { DeliverySettlement } from './delivery-settlement.js';
import { EndpointsController } from './endpoints.controller.js';
import { EndpointsService } from './endpoints.service.js';
import { ReplaysModule } from './replays.module.js';
import { TestPings } from './test-pings.js';
import { WebhookClient } from './webhook-client.js';
import { WebhookSender } from './webhook-sender.js';

@Module({
  imports: [AuditModule, EventsModule, EventSequencerModule, PartnerApiModule, PartnersModule, ReplaysModule],
  controllers: [EndpointsController, DeliveriesController],
  providers: [
    AddressGuard,
    DeliveriesService,
    DeliveryFanOut,
    DeliverySettlement,
    EndpointsService,
    TestPings,
    {
      provide: WebhookClient,
      inject: [AddressGuard],
      useFactory: (guard: AddressGuard) => new WebhookClient(guard.connect),
    },
    WebhookSender,
  ],
  exports: [WebhookSender],
})
export class WebhooksModule {}
