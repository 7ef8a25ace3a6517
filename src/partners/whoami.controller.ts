import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { PartnerCaller } from '../audit/actor.js';
import { ApiRead } from '../docs/answers.js';
import { Caller, PartnerApi } from '../traffic/partner-api.js';
import { ReadOf } from '../traffic/request-parts.js';
import { ValidRequest } from '../traffic/valid-request.js';
import { Whoami, WhoamiService } from './whoami.service.js';

class AskWhoami extends ReadOf({}) {}

@PartnerApi()
@ApiTags('Introspection')
@Controller('v1')
export class WhoamiController {
  constructor(private readonly service: WhoamiService) {}

  @Get('whoami')
  @ApiOperation({ summary: 'Who am I', description: 'Needs no scope.' })
  @ApiRead(Whoami, 'The key and its organization')
  whoami(@Caller() caller: PartnerCaller, @ValidRequest(AskWhoami) _input: AskWhoami) {
    return this.service.whoami(caller);
  }
}
