import { applyDecorators } from '@nestjs/common';
import { UUID_PATTERN } from '../../core/ids.js';
import type { FieldError } from '../../core/errors.js';
import { validationRule } from '../../core/validation.js';
import { eventTypes, type EventType } from '../../events/types.js';
import { ApiProperty } from '../../partner-api/openapi/decorators.js';
import {
  ChoiceField,
  CursorField,
  LimitField,
  PrefixedUuidField,
  ProjectIdField,
  TextField,
} from '../../partner-api/validation/common-fields.js';
import { Field } from '../../partner-api/validation/field.js';
import { MetadataField, type Metadata } from '../../partner-api/validation/metadata-fields.js';
import { MutationOf, ReadOf } from '../../partner-api/validation/request-parts.js';
import { endpointStatuses, type EndpointStatus } from '../statuses.js';
import { findUrlError, MAX_URL_LENGTH, WEBHOOK_URL_PATTERN } from '../webhook-url.js';

const MAX_EVENTS = 50;
const endpointId = {
  type: 'string',
  pattern: `^whe_${UUID_PATTERN}$`,
  example: 'whe_0b0f6f6e-3f0c-4f4e-8a55-5c1d2f1d7c11',
} as const;
const time = { type: 'string', format: 'date-time', example: '2026-04-18T19:24:11.000Z' } as const;
const url = 'https://hooks.partner.example/layers';

function findEventErrors(types: unknown, path: string): FieldError[] {
  if (!Array.isArray(types)) return [{ path, message: 'must be a list' }];
  if (types.length < 1 || types.length > MAX_EVENTS) return [{ path, message: `must have 1 to ${MAX_EVENTS} items` }];
  const message = `must be one of ${eventTypes.join(', ')}`;
  const isKnown = (type: unknown) => (eventTypes as readonly unknown[]).includes(type);
  return types.flatMap((type, index) => (isKnown(type) ? [] : [{ path: `${path}[${index}]`, message }]));
}

function UrlField(docs: { required?: boolean } = {}): PropertyDecorator {
  return applyDecorators(
    Field({
      type: 'string',
      pattern: WEBHOOK_URL_PATTERN,
      maxLength: MAX_URL_LENGTH,
      description:
        'Where events are posted to: https, without credentials, at port 80, 443 or one from 1024 up. No private address is ever connected to.',
      example: url,
      ...docs,
    }),
    validationRule('isWebhookUrl', findUrlError),
  );
}

function EventsField(docs: { required?: boolean } = {}): PropertyDecorator {
  return Field(
    {
      type: 'array',
      items: { type: 'string', enum: [...eventTypes] },
      minItems: 1,
      maxItems: MAX_EVENTS,
      description: 'The types of events that are sent to it; one that is named twice counts once.',
      example: ['lease_request.assigned', 'lease_request.rejected'],
      ...docs,
    } as object,
    { findErrors: findEventErrors, read: (types) => [...new Set(types as EventType[])] },
  );
}

const description = { required: false, description: 'What it is for, in your words.', example: 'Production' };

class CreateWebhookEndpointBody {
  @UrlField()
  url: string;

  @EventsField()
  events: EventType[];

  @TextField(500, description)
  description?: string;

  @ProjectIdField({ required: false, description: 'Only events of this project are sent to it.' })
  projectId?: string;

  @MetadataField()
  metadata?: Metadata;

  @ChoiceField(['own', 'all_children'], {
    required: false,
    default: 'own',
    description: 'Whose events: your organization’s. `all_children` is not offered and is a 403.',
  })
  scope: 'own' | 'all_children' = 'own';
}

class UpdateWebhookEndpointBody {
  @UrlField({ required: false })
  url?: string;

  @EventsField({ required: false })
  events?: EventType[];

  @TextField(500, description)
  description?: string;

  @MetadataField()
  metadata?: Metadata;

  @ChoiceField(['active', 'paused'], {
    required: false,
    description:
      '`active` sends events from now on and sets the count of failures back; `paused` keeps them for a replay and abandons what is pending.',
    example: 'active',
  })
  status?: 'active' | 'paused';
}

export class EndpointPath {
  @PrefixedUuidField('whe', { example: endpointId.example, description: 'The webhook endpoint.' })
  endpointId: string;
}

class EndpointsQuery {
  @CursorField()
  cursor?: string;

  @LimitField(25, 100)
  limit: number = 25;
}

export class CreateEndpoint extends MutationOf({ body: CreateWebhookEndpointBody }) {}
export class ListEndpoints extends ReadOf({ query: EndpointsQuery }) {}
export class ReadEndpoint extends ReadOf({ path: EndpointPath }) {}
export class DeleteEndpoint extends MutationOf({ path: EndpointPath }) {}
export class RotateSecret extends MutationOf({ path: EndpointPath }) {}
export class TestEndpoint extends MutationOf({ path: EndpointPath }) {}

export class UpdateEndpoint extends MutationOf({ path: EndpointPath, body: UpdateWebhookEndpointBody }) {
  static findCrossFieldErrors({ body }: UpdateEndpoint, isValid: (path: string) => boolean): FieldError[] {
    return isValid('body') && Object.keys(body).length === 0
      ? [{ path: 'body', message: 'must have at least one field' }]
      : [];
  }
}

/** An endpoint as its partner sees it. */
export class EndpointView {
  @ApiProperty(endpointId)
  id: string;

  @ApiProperty({ type: 'string', example: 'org_8f1b8f6e-2f0a-4c52-9a4e-6f3a2a1f0b77' })
  organizationId: string;

  @ApiProperty({ type: 'string', nullable: true, example: null })
  projectId: string | null;

  @ApiProperty({ type: 'string', example: url })
  url: string;

  @ApiProperty({ type: 'string', nullable: true, example: 'Production' })
  description: string | null;

  @ApiProperty({
    type: 'string',
    enum: [...endpointStatuses],
    description:
      '`auto_paused` after 20 failed attempts in a row, or a 410; it is tried once an hour and resumes by itself.',
  })
  status: EndpointStatus;

  @ApiProperty({ type: 'array', items: { type: 'string', enum: [...eventTypes] }, example: ['lease_request.assigned'] })
  events: EventType[];

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    nullable: true,
    description: 'As you sent it.',
    example: { campaign: 'spring' },
  })
  metadata: Metadata | null;

  @ApiProperty({ type: 'string', enum: ['own'] })
  scope: 'own';

  @ApiProperty({ type: 'string', enum: ['v1'] })
  apiVersion: 'v1';

  @ApiProperty(time)
  createdAt: string;

  @ApiProperty(time)
  updatedAt: string;

  @ApiProperty({ ...time, nullable: true })
  lastSuccessAt: string | null;

  @ApiProperty({ ...time, nullable: true, example: null })
  lastFailureAt: string | null;

  @ApiProperty({ type: 'integer', minimum: 0, example: 0, description: 'Failed attempts since the last success.' })
  consecutiveFailureCount: number;
}

const signingSecret = {
  type: 'string',
  pattern: '^whsec_[A-Za-z0-9_-]{43}$',
  example: `whsec_${'x'.repeat(43)}`,
  description: 'Verifies the signatures; shown this once.',
} as const;

export class CreatedEndpoint {
  @ApiProperty({ type: () => EndpointView })
  endpoint: EndpointView;

  @ApiProperty(signingSecret)
  signingSecret: string;
}

export class RotatedSecret {
  @ApiProperty(endpointId)
  endpointId: string;

  @ApiProperty(signingSecret)
  signingSecret: string;

  @ApiProperty({ ...time, example: '2026-04-19T19:24:11.000Z', description: 'Until then the secret before signs too.' })
  previousSecretExpiresAt: string;

  @ApiProperty({ type: 'string', example: 'Store the new secret now: it is not shown again.' })
  warning: string;
}

export class DeletedEndpoint {
  @ApiProperty(endpointId)
  id: string;

  @ApiProperty({ type: 'boolean', enum: [true] })
  deleted: true;
}

export class EndpointPage {
  @ApiProperty({ type: () => [EndpointView] })
  items: EndpointView[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: null,
    description: 'The `cursor` of the next page, null at the end.',
  })
  nextCursor: string | null;
}
