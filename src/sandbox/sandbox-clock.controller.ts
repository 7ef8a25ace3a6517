import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { PartnerCaller } from '../authorization/actor.js';
import { GoesByRealTime } from '../partner-api/partner-call.interceptor.js';
import { ApiErrors } from '../partner-api/openapi/error-responses.js';
import { ApiMutation } from '../partner-api/openapi/success-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { RequireTestKey } from '../partner-api/required-scope.decorator.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import { MoveSandboxClock, SandboxTime } from './dto/sandbox-clock.js';
import { SandboxClock } from './sandbox-clock.service.js';

@PartnerApi()
@GoesByRealTime()
@ApiTags('Sandbox')
@Controller('v1/sandbox')
export class SandboxClockController {
  constructor(private readonly sandboxClock: SandboxClock) {}

  @Post('clock')
  @HttpCode(200)
  @RequireTestKey()
  @ApiOperation({
    operationId: 'moveSandboxClock',
    summary: 'Move the sandbox’s clock forward',
    description:
      'Runs what falls due on the way, each at its own time: renewals, daily attempts of what is past due, disconnects, answers to slow requests. A long way may take longer than a call may: it is then a 503 while the clock goes on, and the same call again tells. Test keys alone; others are a 403 with `requiredScope: "sandbox"`. Needs no scope.',
  })
  @ApiMutation(200, SandboxTime, 'Moved')
  @ApiErrors('CONFLICT')
  move(@Caller() caller: PartnerCaller, @ValidRequest(MoveSandboxClock) input: MoveSandboxClock) {
    return this.sandboxClock.move(caller, input);
  }
}
