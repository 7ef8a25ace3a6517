import { Controller, Get } from '@nestjs/common';
import type { PartnerCaller } from '../authorization/actor.js';
import { ApiOperation, ApiTags } from '../partner-api/openapi/decorators.js';
import { ApiRead } from '../partner-api/openapi/success-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import { CallsService } from './calls.service.js';
import { CallPage, ListCalls } from './dto/calls.js';

@PartnerApi()
@ApiTags('Introspection')
@Controller('v1/calls')
export class CallsController {
  constructor(private readonly calls: CallsService) {}

  @Get()
  @ApiOperation({
    operationId: 'listCalls',
    summary: 'List your calls',
    description:
      'The calls that your keys made in the last 7 days, refused ones too, newest first. A call appears some seconds after its end. Needs no scope.',
  })
  @ApiRead(CallPage, 'A page of calls')
  list(@Caller() caller: PartnerCaller, @ValidRequest(ListCalls) { query }: ListCalls) {
    return this.calls.list(caller, query);
  }
}
