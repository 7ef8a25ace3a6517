import { Controller, HttpCode, Post } from '@nestjs/common';
import type { PartnerCaller } from '../authorization/actor.js';
import { ApiOperation, ApiTags } from '../partner-api/openapi/decorators.js';
import { ApiErrors } from '../partner-api/openapi/error-responses.js';
import { ApiMutation } from '../partner-api/openapi/success-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { ExemptKeyItself, RequireScope } from '../partner-api/required-scope.decorator.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import { KilledKey, KillOwnKey, RotatedKey, RotateOwnKey } from './dto/api-keys.js';
import { OwnKeysService } from './own-keys.service.js';

@PartnerApi()
@RequireScope('keys:write')
@ApiTags('Keys')
@Controller('v1/api-keys/:apiKeyId')
export class ApiKeysController {
  constructor(private readonly keys: OwnKeysService) {}

  @Post('rotate')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'rotateApiKey',
    summary: 'Rotate a key',
    description:
      'Its id stays, its prefix and secret change; the new secret is shown this once. The one before authenticates for the grace, as the same key with the same limits; an earlier one no longer does. Your key needs every scope of the rotated one. A key that is switched off or revoked is a 409.',
  })
  @ApiMutation(200, RotatedKey, 'Rotated')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  rotate(@Caller() caller: PartnerCaller, @ValidRequest(RotateOwnKey) input: RotateOwnKey) {
    return this.keys.rotate(caller, input);
  }

  @Post('kill')
  @HttpCode(200)
  @ExemptKeyItself('apiKeyId')
  @ApiOperation({
    operationId: 'killApiKey',
    summary: 'Switch a key off',
    description:
      'From its next call on it is refused with a 503, and so is the old secret of a rotation in its grace. A key may switch itself off without the scope. Only our staff can resume it. One that is off already gives the same answer; a revoked one is a 409.',
  })
  @ApiMutation(200, KilledKey, 'Switched off')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  kill(@Caller() caller: PartnerCaller, @ValidRequest(KillOwnKey) input: KillOwnKey) {
    return this.keys.kill(caller, input);
  }
}
