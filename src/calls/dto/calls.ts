import { applyDecorators } from '@nestjs/common';
import { ULID_PATTERN } from '../../core/ids.js';
import { IsWholeNumber } from '../../core/validation.js';
import { ApiProperty } from '../../partner-api/openapi/decorators.js';
import { partnerErrorCodes, type PartnerErrorCode } from '../../partner-api/openapi/error-responses.js';
import {
  ApiKeyIdField,
  ChoiceField,
  CursorField,
  LimitField,
  UtcTimeField,
} from '../../partner-api/validation/common-fields.js';
import { Field } from '../../partner-api/validation/field.js';
import { ReadOf } from '../../partner-api/validation/request-parts.js';

const time = { type: 'string', format: 'date-time', example: '2026-04-18T19:24:11.000Z' } as const;

function StatusField(): PropertyDecorator {
  return applyDecorators(
    Field(
      {
        type: 'integer',
        required: false,
        minimum: 100,
        maximum: 599,
        description: 'Only calls that were answered with this HTTP status; 499: that left before their answer.',
      },
      { read: (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value) },
    ),
    IsWholeNumber(100, 599),
  );
}

export class CallsQuery {
  @ApiKeyIdField({ required: false, description: 'Only calls of this key.' })
  apiKeyId?: string;

  @StatusField()
  status?: number;

  @ChoiceField(partnerErrorCodes, { required: false, description: 'Only calls that failed with this code.' })
  code?: PartnerErrorCode;

  @UtcTimeField({ required: false, description: 'Only from this time on, ISO 8601 with Z.', example: time.example })
  since?: string;

  @UtcTimeField({ required: false, description: 'Only until this time, inclusive.', example: time.example })
  until?: string;

  @CursorField()
  cursor?: string;

  @LimitField(50, 200)
  limit: number = 50;
}

/** GET /v1/calls */
export class ListCalls extends ReadOf({ query: CallsQuery }) {}

export class CallView {
  @ApiProperty({
    type: 'string',
    pattern: `^req_${ULID_PATTERN}$`,
    example: 'req_01HXZR7K8M2P4RSTVW56789ABC',
    description: 'The `X-Request-Id` of its answer.',
  })
  requestId: string;

  @ApiProperty({ ...time, description: 'When it came.' })
  at: string;

  @ApiProperty({ type: 'string', example: 'POST' })
  method: string;

  @ApiProperty({
    type: 'string',
    example: '/v1/projects/:projectId/leased-accounts/request',
    description: 'The pattern of its path; `unknown` where there is none.',
  })
  route: string;

  @ApiProperty({
    type: 'integer',
    example: 202,
    description: 'The HTTP status; 499 where the client left before its answer.',
  })
  status: number;

  @ApiProperty({ type: 'string', nullable: true, enum: [...partnerErrorCodes], example: null })
  code: PartnerErrorCode | null;

  @ApiProperty({ type: 'integer', example: 12, description: 'In milliseconds.' })
  durationMs: number;

  @ApiProperty({ type: 'string', example: 'key_0b8f3c1e-5f0c-4d3c-9d0a-3d5f6f1f7a11' })
  apiKeyId: string;

  @ApiProperty({ type: 'string', example: '192.0.2.17', description: 'Where it came from.' })
  address: string;
}

export class CallPage {
  @ApiProperty({ type: () => [CallView] })
  items: CallView[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: null,
    description: 'The `cursor` of the next page, null at the end.',
  })
  nextCursor: string | null;
}
