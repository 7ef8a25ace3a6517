import type { FieldError } from '../../core/errors.js';
import { ULID_PATTERN, UUID_PATTERN } from '../../core/ids.js';
import { validationRule } from '../../core/validation.js';
import { eventTypes, type EventType } from '../../events/types.js';
import { ApiProperty } from '../../partner-api/openapi/decorators.js';
import { ChoiceField, CursorField, LimitField, UtcTimeField } from '../../partner-api/validation/common-fields.js';
import { Field } from '../../partner-api/validation/field.js';
import { MutationOf, ReadOf } from '../../partner-api/validation/request-parts.js';
import { deliveryStatuses, type DeliveryStatus } from '../statuses.js';
import { EndpointPath } from './endpoints.js';

const DELIVERY_ID = new RegExp(`^del_${ULID_PATTERN}$`);
const deliveryId = { type: 'string', pattern: DELIVERY_ID.source, example: 'del_01HXZR7K8M2P4RSTVW56789ABC' } as const;
const eventId = {
  type: 'string',
  pattern: `^evt_${ULID_PATTERN}$`,
  example: 'evt_01HXZR7K8M2P4RSTVW56789ABC',
} as const;
const endpointId = {
  type: 'string',
  pattern: `^whe_${UUID_PATTERN}$`,
  example: 'whe_0b0f6f6e-3f0c-4f4e-8a55-5c1d2f1d7c11',
} as const;
const time = { type: 'string', format: 'date-time', example: '2026-04-18T19:24:11.000Z' } as const;

class DeliveriesQuery {
  @ChoiceField(eventTypes, { required: false, description: 'Only deliveries of events of this type.' })
  eventType?: EventType;

  @ChoiceField(deliveryStatuses, { required: false, description: 'Only deliveries in this status.' })
  status?: DeliveryStatus;

  @CursorField()
  cursor?: string;

  @LimitField(25, 100)
  limit: number = 25;
}

class DeliveryPath {
  @Field({ ...deliveryId, description: 'The delivery.' })
  @validationRule('isDeliveryId', (value) =>
    typeof value === 'string' && DELIVERY_ID.test(value) ? null : 'must be del_ and a ULID',
  )
  deliveryId: string;
}

class ReplayDeliveriesBody {
  @UtcTimeField({
    description: 'Deliveries scheduled from this time on, ISO 8601 with Z.',
    example: '2026-04-18T19:00:00Z',
  })
  since: string;

  @UtcTimeField({ description: 'Deliveries scheduled until this time, inclusive.', example: '2026-04-18T20:00:00Z' })
  until: string;
}

export class ListDeliveries extends ReadOf({ path: EndpointPath, query: DeliveriesQuery }) {}
export class ReplayDelivery extends MutationOf({ path: DeliveryPath }) {}

export class ReplayRange extends MutationOf({ path: EndpointPath, body: ReplayDeliveriesBody }) {
  static findCrossFieldErrors({ body }: ReplayRange, isValid: (path: string) => boolean): FieldError[] {
    const areComparable = isValid('since') && isValid('until') && isValid('body');
    return areComparable && Date.parse(body.since) > Date.parse(body.until)
      ? [{ path: 'until', message: 'must not be before since' }]
      : [];
  }
}

/** One event on its way to one endpoint. */
export class DeliveryView {
  @ApiProperty(deliveryId)
  id: string;

  @ApiProperty(endpointId)
  endpointId: string;

  @ApiProperty(eventId)
  eventId: string;

  @ApiProperty({ type: 'string', enum: [...eventTypes], example: 'lease_request.assigned' })
  eventType: EventType;

  @ApiProperty({
    type: 'string',
    enum: [...deliveryStatuses],
    example: 'delivered',
    description: '`failed` after the last attempt; `abandoned` when its endpoint was paused or deleted.',
  })
  status: DeliveryStatus;

  @ApiProperty({ type: 'integer', minimum: 0, maximum: 8, example: 1 })
  attempts: number;

  @ApiProperty(time)
  scheduledAt: string;

  @ApiProperty({ ...time, nullable: true, example: null, description: 'While it is pending.' })
  nextAttemptAt: string | null;

  @ApiProperty({ ...time, nullable: true })
  lastAttemptAt: string | null;

  @ApiProperty({ ...time, nullable: true })
  deliveredAt: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 200, description: 'The HTTP status of the last answer.' })
  responseStatus: number | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'ok',
    description: 'The first 1,024 bytes of the last answer.',
  })
  responseBody: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 120, description: 'What the last attempt took, in ms.' })
  durationMs: number | null;

  @ApiProperty({ type: 'string', nullable: true, example: null, description: 'Why the last attempt failed.' })
  error: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: null, description: 'The delivery that it repeats.' })
  replayOf: string | null;
}

export class DeliveryPage {
  @ApiProperty({ type: () => [DeliveryView] })
  items: DeliveryView[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: null,
    description: 'The `cursor` of the next page, null at the end.',
  })
  nextCursor: string | null;
}

export class TestReceipt {
  @ApiProperty(eventId)
  eventId: string;

  @ApiProperty(deliveryId)
  deliveryId: string;

  @ApiProperty(time)
  scheduledAt: string;
}

export class ReplayReceipt {
  @ApiProperty(deliveryId)
  originalDeliveryId: string;

  @ApiProperty({ ...deliveryId, example: 'del_01HY5D3QW8N6T0V2X4Z6B8D0FG' })
  replayDeliveryId: string;

  @ApiProperty(time)
  scheduledAt: string;
}

export class RangeReceipt {
  @ApiProperty({ type: 'integer', minimum: 0, example: 12, description: 'How many deliveries were scheduled.' })
  scheduled: number;
}
