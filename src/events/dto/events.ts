import { applyDecorators } from '@nestjs/common';
import { isPrefixedUlid, ULID_PATTERN } from '../../core/ids.js';
import { looksLikeCursor } from '../../core/pages.js';
import { validationRule } from '../../core/validation.js';
import { ApiProperty } from '../../partner-api/openapi/decorators.js';
import { ChoiceField, LimitField, ProjectIdField } from '../../partner-api/validation/common-fields.js';
import { Field } from '../../partner-api/validation/field.js';
import { ReadOf } from '../../partner-api/validation/request-parts.js';
import { eventTypes, type EventType } from '../types.js';

/** As `after`: behind everything that there is. */
export const LATEST = 'latest';

/** Where the page before ended. */
function AfterField(): PropertyDecorator {
  return applyDecorators(
    Field({
      type: 'string',
      required: false,
      description:
        'The `nextCursor` of the page before, with the same filters, or the id of the last event that you have handled. `latest` answers no event and, as `nextCursor`, the end of the list: walking on from there misses nothing that is committed after the call. Without `after` the page begins with the oldest event.',
    }),
    validationRule('isEventOrCursor', (value) =>
      typeof value === 'string' && (value === LATEST || isPrefixedUlid('evt', value) || looksLikeCursor(value))
        ? null
        : 'is neither the id of an event, nor a cursor of this list, nor `latest`',
    ),
  );
}

export class EventsQuery {
  @ChoiceField(eventTypes, { required: false, description: 'Only events of this type.' })
  type?: EventType;

  @ProjectIdField({ required: false, description: 'Only events of this project.' })
  projectId?: string;

  @AfterField()
  after?: string;

  @LimitField(100, 500)
  limit: number = 100;
}

/** GET /v1/events */
export class ListEvents extends ReadOf({ query: EventsQuery }) {}

/** An event as it is sent to webhook endpoints, byte for byte. */
export class EventView {
  @ApiProperty({ type: 'string', pattern: `^evt_${ULID_PATTERN}$`, example: 'evt_01HXZR7K8M2P4RSTVW56789ABC' })
  id: string;

  @ApiProperty({ type: 'string', enum: [...eventTypes] })
  type: EventType;

  @ApiProperty({ type: 'string', format: 'date-time', example: '2026-04-18T19:24:11.000Z' })
  createdAt: string;

  @ApiProperty({ type: 'string', enum: ['v1'] })
  apiVersion: 'v1';

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'What your GET answered at that moment, and `organizationId`: of a `lease_request.…` the request and a growing `version`; of a `leased_account.…` the item of the list and `transactionId`; of `wallet.low_balance` the wallet and `thresholdCents`.',
    example: { requestId: 'lreq_01HXZR7K8M2P4RSTUV56789AB', status: 'assigned', version: 7 },
  })
  data: Record<string, unknown>;
}

export class EventPage {
  @ApiProperty({ type: () => [EventView] })
  items: EventView[];

  @ApiProperty({
    type: 'string',
    example: 'eyJhZnRlciI6NDgxfQ',
    description: 'The `after` of the next page; never null: at the end, ask with it again later.',
  })
  nextCursor: string;

  @ApiProperty({ type: 'boolean', example: false, description: 'Whether the next page has events already.' })
  hasMore: boolean;
}
