import { Controller, Get } from '@nestjs/common';
import type { PartnerCaller } from '../authorization/actor.js';
import { ApiOperation, ApiTags } from '../partner-api/openapi/decorators.js';
import { ApiRead } from '../partner-api/openapi/success-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { ReadOf } from '../partner-api/validation/request-parts.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import { Whoami, WhoamiService } from './whoami.service.js';

class ReadWhoami extends ReadOf({}) {}

@PartnerApi()
@ApiTags('Introspection')
@Controller('v1')
export class WhoamiController {
  constructor(private readonly service: WhoamiService) {}

  @Get('whoami')
  @ApiOperation({ operationId: 'whoami', summary: 'Who am I', description: 'Needs no scope.' })
  @ApiRead(Whoami, 'The key and its organization')
  whoami(@Caller() caller: PartnerCaller, @ValidRequest(ReadWhoami) _input: ReadWhoami) {
    return this.service.whoami(caller);
  }
}
