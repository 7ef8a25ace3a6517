import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '../partner-api/openapi/decorators.js';
import type { PartnerCaller } from '../authorization/actor.js';
import { ApiErrors } from '../partner-api/openapi/error-responses.js';
import { ApiMutation } from '../partner-api/openapi/success-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { RequireTestKey } from '../partner-api/required-scope.decorator.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import { SandboxTopUp, TopUpSandbox } from './dto/sandbox-top-up.js';
import { SandboxWallet } from './sandbox-wallet.service.js';

@PartnerApi()
@ApiTags('Sandbox')
@Controller('v1/sandbox')
export class SandboxWalletController {
  constructor(private readonly sandboxWallet: SandboxWallet) {}

  @Post('top-up')
  @HttpCode(200)
  @RequireTestKey()
  @ApiOperation({
    operationId: 'topUpSandbox',
    summary: 'Put play money into the sandbox’s wallet',
    description:
      'A top-up as a payment of yours would be one: what is past due is paid from it within seconds. Test keys alone; others are a 403 with `requiredScope: "sandbox"`. Needs no scope.',
  })
  @ApiMutation(200, SandboxTopUp, 'Topped up')
  @ApiErrors('CONFLICT')
  topUp(@Caller() caller: PartnerCaller, @ValidRequest(TopUpSandbox) input: TopUpSandbox) {
    return this.sandboxWallet.topUp(caller, input);
  }
}
