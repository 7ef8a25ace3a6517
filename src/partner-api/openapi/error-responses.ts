import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiResponse } from './decorators.js';
import { statusOfCode, type ErrorCode } from '../../core/errors.js';
import { allow, authenticate, rateHeaders, responseHeaders, retryAfter } from './headers.js';

/** The panel has one more code. */
export type PartnerErrorCode = Exclude<ErrorCode, 'FORBIDDEN_ROLE'>;
export const partnerErrorCodes = Object.keys(statusOfCode).filter(
  (code): code is PartnerErrorCode => code !== 'FORBIDDEN_ROLE',
);

class ErrorBody {
  @ApiProperty({ type: 'string', enum: partnerErrorCodes, description: 'Branch on this.' })
  code: PartnerErrorCode;

  @ApiProperty({ type: 'string', description: 'For people; it may change.' })
  message: string;

  @ApiProperty({ type: 'string', pattern: '^req_[0-9A-HJKMNP-TV-Z]{26}$', description: 'Equals X-Request-Id.' })
  requestId: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    selfRequired: false,
    description: 'Facts, depending on the code.',
  })
  details?: Record<string, unknown>;
}

/** The body of every 4xx and 5xx. */
export class ErrorEnvelope {
  @ApiProperty({ type: () => ErrorBody })
  error: ErrorBody;
}

interface Example {
  when: string;
  message: string;
  details?: Record<string, unknown>;
}

const examples: Record<PartnerErrorCode, Example> = {
  UNAUTHENTICATED: {
    when: 'The key is missing, malformed, unknown or revoked.',
    message: 'The API key is invalid: unknown, revoked, or from the other environment.',
  },
  BILLING_EXHAUSTED: {
    when: 'The wallet would not cover even one assignment. The request is not queued.',
    message: 'The wallet holds $100.00; $150.00 is needed.',
    details: { balanceCents: 10_000, requiredCents: 15_000 },
  },
  FORBIDDEN_SCOPE: {
    when: 'The key lacks the scope of this route, or `X-Layers-Organization` names another organization.',
    message: 'This API key lacks the scope leased:write.',
    details: { requiredScope: 'leased:write' },
  },
  NOT_FOUND: { when: 'Not there, or not yours.', message: 'This project was not found.' },
  METHOD_NOT_ALLOWED: {
    when: 'The path exists, the method does not.',
    message: 'This path does not support PUT; it supports GET, HEAD.',
    details: { allow: ['GET', 'HEAD'] },
  },
  CONFLICT: {
    when: 'The Idempotency-Key or the requestId was used for a different call.',
    message: 'This Idempotency-Key has already been used for a different call.',
    details: { reason: 'idempotency_key_reused' },
  },
  PAYLOAD_TOO_LARGE: { when: 'The body is over 64 KiB.', message: 'The body is larger than 64 KiB.' },
  VALIDATION: {
    when: 'Path, query, header or body is invalid; every error is listed.',
    message: 'count: must be a whole number from 1 to 50',
    details: { fields: [{ path: 'count', message: 'must be a whole number from 1 to 50' }] },
  },
  RATE_LIMITED: {
    when: 'A budget is used up, or this address failed to authenticate too often.',
    message: 'The minute limit of write-light calls is reached; try again in 12 s.',
    details: { endpointClass: 'write-light', limit: 'minute' },
  },
  INTERNAL: { when: 'An error on our side.', message: 'Something went wrong on our side.' },
  KILL_SWITCH: {
    when: 'The key is switched off or the organization suspended.',
    message: 'This API key is switched off.',
    details: { scope: 'key' },
  },
  UNAVAILABLE: {
    when: 'The database is out of reach, or its clock was set. Done wholly or not at all: repeat the call with the same Idempotency-Key to find out.',
    message: 'The service cannot reach its database; try again shortly.',
  },
};

/** When each code is answered, as partners read it. */
export const errorMeanings = Object.fromEntries(partnerErrorCodes.map((code) => [code, examples[code].when])) as Record<
  PartnerErrorCode,
  string
>;

/** Documents error responses; several codes may share one status. */
export function ApiErrors(...codes: PartnerErrorCode[]): ClassDecorator & MethodDecorator {
  const statuses = [...new Set(codes.map((code) => statusOfCode[code]))];
  const responses = statuses.map((status) => {
    const ofStatus = codes.filter((code) => statusOfCode[code] === status);
    return ApiResponse({ status, ...toErrorResponse(ofStatus) });
  });
  return applyDecorators(ApiExtraModels(ErrorEnvelope), ...responses);
}

/** Answered before authentication. */
const withoutRateHeaders: PartnerErrorCode[] = ['UNAUTHENTICATED', 'PAYLOAD_TOO_LARGE', 'METHOD_NOT_ALLOWED'];
const withRetryAfter: PartnerErrorCode[] = ['RATE_LIMITED', 'UNAVAILABLE'];

/** @param codes of one status */
export function toErrorResponse(codes: PartnerErrorCode[]) {
  return {
    description: codes.map((code) => `\`${code}\`: ${examples[code].when}`).join('\n\n'),
    headers: {
      ...responseHeaders,
      ...(!codes.some((code) => withoutRateHeaders.includes(code)) && rateHeaders),
      ...(codes.some((code) => withRetryAfter.includes(code)) && retryAfter),
      ...(codes.includes('UNAUTHENTICATED') && authenticate),
      ...(codes.includes('METHOD_NOT_ALLOWED') && allow),
    },
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/ErrorEnvelope' },
        examples: Object.fromEntries(codes.map((code) => [code, { value: toEnvelope(code) }])),
      },
    },
  };
}

function toEnvelope(code: PartnerErrorCode) {
  const { message, details } = examples[code];
  return { error: { code, message, requestId: 'req_01HXZR7K8M2P4RSTVW56789ABC', ...(details && { details }) } };
}
