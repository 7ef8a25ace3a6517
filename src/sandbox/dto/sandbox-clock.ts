import { ApiProperty } from '../../partner-api/openapi/decorators.js';
import { UtcTimeField } from '../../partner-api/validation/common-fields.js';
import { MutationOf } from '../../partner-api/validation/request-parts.js';

class MoveSandboxClockBody {
  @UtcTimeField({
    description: 'The time to move to, ISO 8601 with Z: after the clock’s own, and at most 400 days.',
    example: '2026-05-18T19:24:11Z',
  })
  to: string;
}

export class MoveSandboxClock extends MutationOf({ body: MoveSandboxClockBody }) {}

/** The answer of POST /v1/sandbox/clock. */
export class SandboxTime {
  @ApiProperty({
    type: 'string',
    format: 'date-time',
    example: '2026-05-18T19:24:11.000Z',
    description: 'The sandbox’s time now. It goes on from there.',
  })
  now: string;
}
