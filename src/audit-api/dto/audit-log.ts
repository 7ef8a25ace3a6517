import { partnerEventTypes, type PartnerEventType } from '../../audit/partner-visibility.js';
import { ULID_PATTERN } from '../../core/ids.js';
import { ApiProperty } from '../../partner-api/openapi/decorators.js';
import {
  ApiKeyIdField,
  ChoiceField,
  CursorField,
  LimitField,
  ProjectIdField,
  UtcTimeField,
} from '../../partner-api/validation/common-fields.js';
import { ReadOf } from '../../partner-api/validation/request-parts.js';

const time = { type: 'string', format: 'date-time', example: '2026-04-18T19:24:11.000Z' } as const;

export class AuditLogQuery {
  @ChoiceField(partnerEventTypes, { required: false, description: 'Only events of this type.' })
  eventType?: PartnerEventType;

  @ProjectIdField({ required: false, description: 'Only events of this project.' })
  projectId?: string;

  @ApiKeyIdField({ required: false, description: 'Only what calls of this key caused.' })
  apiKeyId?: string;

  @UtcTimeField({ required: false, description: 'Only from this time on, ISO 8601 with Z.', example: time.example })
  since?: string;

  @UtcTimeField({ required: false, description: 'Only until this time, inclusive.', example: time.example })
  until?: string;

  @CursorField()
  cursor?: string;

  @LimitField(50, 200)
  limit: number = 50;
}

/** GET /v1/audit-log */
export class ReadAuditLog extends ReadOf({ query: AuditLogQuery }) {}

const actors = ['partner_api', 'staff', 'system'] as const;

export class AuditEventView {
  @ApiProperty({ type: 'string', pattern: `^evt_${ULID_PATTERN}$`, example: 'evt_01HXZR7K8M2P4RSTVW56789ABC' })
  eventId: string;

  @ApiProperty({ type: 'string', enum: [...partnerEventTypes] })
  eventType: PartnerEventType;

  @ApiProperty(time)
  occurredAt: string;

  @ApiProperty({
    type: 'string',
    example: 'req_01HXZR7K8M2P4RSTVW56789ABC',
    description: 'The call that caused it: of yours, the `X-Request-Id` of its answer.',
  })
  requestId: string;

  @ApiProperty({ type: 'string', example: 'org_8f1b8f6e-2f0a-4c52-9a4e-6f3a2a1f0b77' })
  organizationId: string;

  @ApiProperty({ type: 'string', nullable: true, example: 'prj_254a4ce1-f4ca-42b1-9e36-17ca45ef3d39' })
  projectId: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'key_0b8f3c1e-5f0c-4d3c-9d0a-3d5f6f1f7a11',
    description: 'The key whose call caused it; null where it was none.',
  })
  apiKeyId: string | null;

  @ApiProperty({ type: 'string', enum: [...actors] })
  actor: (typeof actors)[number];

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Facts, depending on the type; `requestId` in it is the lease request’s.',
    example: { requestId: 'lreq_01HXZR7K8M2P4RSTUV56789AB', count: 5, vertical: 'coffee' },
  })
  data: Record<string, unknown>;
}

export class AuditLogPage {
  @ApiProperty({ type: () => [AuditEventView] })
  items: AuditEventView[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: null,
    description: 'The `cursor` of the next page, null at the end.',
  })
  nextCursor: string | null;

  @ApiProperty({
    ...time,
    description:
      'Nothing earlier than this can still be added. Give that of your first page as the next `since`: an event may come twice, but none is missed.',
  })
  completeUntil: string;
}
