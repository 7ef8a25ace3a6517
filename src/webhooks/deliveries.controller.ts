import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { PartnerCaller } from '../authorization/actor.js';
import { GoesByRealTime } from '../partner-api/partner-call.interceptor.js';
import { ApiErrors } from '../partner-api/openapi/error-responses.js';
import { ApiMutation, ApiRead } from '../partner-api/openapi/success-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import { DeliveriesService } from './deliveries.service.js';
import {
  DeliveryPage,
  ListDeliveries,
  RangeReceipt,
  ReplayDelivery,
  ReplayRange,
  ReplayReceipt,
  TestReceipt,
} from './dto/deliveries.js';
import { TestEndpoint } from './dto/endpoints.js';
import { MAX_REPLAYED } from './replays.js';

@PartnerApi()
@GoesByRealTime()
@ApiTags('Webhooks')
@Controller('v1')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Post('webhook-endpoints/:endpointId/test')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'testWebhookEndpoint',
    summary: 'Send a test event',
    description:
      'A `test.ping` is sent to this endpoint alone, whatever its events. A paused endpoint gets it too, once; an `auto_paused` one that takes it is active again. Needs no scope.',
  })
  @ApiMutation(200, TestReceipt, 'Scheduled')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  test(@Caller() caller: PartnerCaller, @ValidRequest(TestEndpoint) input: TestEndpoint) {
    return this.deliveries.test(caller, input);
  }

  @Get('webhook-endpoints/:endpointId/deliveries')
  @ApiOperation({
    operationId: 'listWebhookDeliveries',
    summary: 'List the deliveries to an endpoint',
    description: 'Newest first, of the last 30 days. Needs no scope.',
  })
  @ApiRead(DeliveryPage, 'A page of deliveries')
  @ApiErrors('NOT_FOUND')
  list(@Caller() caller: PartnerCaller, @ValidRequest(ListDeliveries) input: ListDeliveries) {
    return this.deliveries.list(caller, input);
  }

  @Post('webhook-endpoints/:endpointId/replay')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'replayWebhookDeliveries',
    summary: 'Send the events of a time again',
    description: `Everything that was scheduled for this endpoint in that time, delivered or not, but for tests, replays and what is still on its way; at most ${MAX_REPLAYED} at once. Each is a new event whose \`replayOf\` names the first delivery. Needs no scope.`,
  })
  @ApiMutation(200, RangeReceipt, 'Scheduled')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  replayRange(@Caller() caller: PartnerCaller, @ValidRequest(ReplayRange) input: ReplayRange) {
    return this.deliveries.replayRange(caller, input);
  }

  @Post('webhook-deliveries/:deliveryId/replay')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'replayWebhookDelivery',
    summary: 'Send an event again',
    description: 'As a new event, whose `replayOf` names this delivery. Needs no scope.',
  })
  @ApiMutation(200, ReplayReceipt, 'Scheduled')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  replay(@Caller() caller: PartnerCaller, @ValidRequest(ReplayDelivery) input: ReplayDelivery) {
    return this.deliveries.replay(caller, input);
  }
}
