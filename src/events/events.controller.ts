import { Controller, Get } from '@nestjs/common';
import type { PartnerCaller } from '../authorization/actor.js';
import { ApiOperation, ApiTags } from '../partner-api/openapi/decorators.js';
import { ApiRead } from '../partner-api/openapi/success-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import { EventPage, ListEvents } from './dto/events.js';
import { EventsService } from './events.service.js';

@PartnerApi()
@ApiTags('Webhooks')
@Controller('v1/events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get()
  @ApiOperation({
    operationId: 'listEvents',
    summary: 'List events',
    description:
      'What webhook endpoints are sent, to pull for 30 days: oldest first, in the order in which the changes were committed. A walk by `nextCursor` misses nothing and repeats nothing; `after=latest` begins it at the end. Needs no scope.',
  })
  @ApiRead(EventPage, 'A page of events')
  list(@Caller() caller: PartnerCaller, @ValidRequest(ListEvents) { query }: ListEvents) {
    return this.events.list(caller, query);
  }
}
