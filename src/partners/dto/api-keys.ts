import { applyDecorators } from '@nestjs/common';
import { UUID_PATTERN } from '../../core/ids.js';
import { IsWholeNumber } from '../../core/validation.js';
import { ApiProperty } from '../../partner-api/openapi/decorators.js';
import { apiKeyEnvs, type ApiKeyEnv } from '../../partner-api/api-key-format.js';
import { PrefixedUuidField } from '../../partner-api/validation/common-fields.js';
import { Field } from '../../partner-api/validation/field.js';
import { MutationOf } from '../../partner-api/validation/request-parts.js';
import { scopes, type ApiKey, type Scope } from '../api-key-rows.js';
import { MAX_GRACE_SECONDS } from '../api-keys.service.js';

const apiKeyId = {
  type: 'string',
  pattern: `^key_${UUID_PATTERN}$`,
  example: 'key_0b7e3c1a-52c4-4f1c-8a57-1f2ab7c0d9e3',
} as const;
const time = { type: 'string', format: 'date-time', example: '2026-04-18T19:24:11.000Z' } as const;

function GraceField(): PropertyDecorator {
  return applyDecorators(
    Field({
      type: 'integer',
      required: false,
      minimum: 0,
      maximum: MAX_GRACE_SECONDS,
      default: 0,
      description: 'How long the secret before authenticates too.',
      example: 3_600,
    }),
    IsWholeNumber(0, MAX_GRACE_SECONDS),
  );
}

class ApiKeyPath {
  @PrefixedUuidField('key', { example: apiKeyId.example, description: 'The API key; it must be of your organization.' })
  apiKeyId: string;
}

class RotateApiKeyBody {
  @GraceField()
  graceSeconds: number = 0;
}

export class RotateOwnKey extends MutationOf({ path: ApiKeyPath, body: RotateApiKeyBody }) {}
export class KillOwnKey extends MutationOf({ path: ApiKeyPath }) {}

/** A key as its partner sees it. */
export class ApiKeyView {
  @ApiProperty(apiKeyId)
  id: string;

  @ApiProperty({ type: 'string', example: 'org_8f1b8f6e-2f0a-4c52-9a4e-6f3a2a1f0b77' })
  organizationId: string;

  @ApiProperty({ type: 'string', example: 'Production' })
  name: string;

  @ApiProperty({
    type: 'string',
    pattern: '^[0-9A-HJKMNP-TV-Z]{16}$',
    example: '7QK2M9ZXW4T1B8RD',
    description: 'Safe to log.',
  })
  prefix: string;

  @ApiProperty({ type: 'string', enum: [...apiKeyEnvs] })
  env: ApiKeyEnv;

  @ApiProperty({ type: 'array', items: { type: 'string', enum: [...scopes] }, example: ['leased:write'] })
  scopes: Scope[];

  @ApiProperty({
    type: 'boolean',
    example: false,
    description: 'Switched off: every call with it is a 503 until staff resume it.',
  })
  killSwitch: boolean;

  @ApiProperty({ type: 'boolean', example: true, description: 'Neither switched off nor revoked.' })
  isActive: boolean;

  @ApiProperty({ ...time, nullable: true, description: 'When it got its present secret; null with its first one.' })
  rotatedAt: string | null;

  @ApiProperty({ ...time, nullable: true, example: null })
  revokedAt: string | null;
}

export class RotatedKey {
  @ApiProperty({ type: () => ApiKeyView })
  apiKey: ApiKeyView;

  @ApiProperty({
    type: 'string',
    pattern: '^lp_(live|test)_[0-9A-HJKMNP-TV-Z]{16}_[A-Za-z0-9_-]{43}$',
    example: `lp_live_7QK2M9ZXW4T1B8RD_${'x'.repeat(43)}`,
    description: 'The whole key, as it is sent in `Authorization`; shown this once.',
  })
  secret: string;

  @ApiProperty({
    type: 'string',
    example: 'Store the secret now: it is not shown again. The one before works until 2026-04-18T20:24:11.000Z.',
  })
  warning: string;
}

export class KilledKey {
  @ApiProperty({ type: () => ApiKeyView })
  apiKey: ApiKeyView;

  @ApiProperty({ type: 'boolean', enum: [true] })
  killed: true;
}

export function toKeyView(key: ApiKey): ApiKeyView {
  const { apiKeyId: id, organizationId, name, prefix, env, scopes, killedAt, revokedAt, rotatedAt } = key;
  return {
    ...{ id, organizationId, name, prefix, env, scopes },
    killSwitch: killedAt !== null,
    isActive: killedAt === null && revokedAt === null,
    rotatedAt: rotatedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
