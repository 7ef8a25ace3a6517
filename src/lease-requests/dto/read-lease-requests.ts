import {
  ProjectPath,
  ChoiceField,
  CursorField,
  LimitField,
  ProjectIdField,
  RequestIdField,
  UtcTimeField,
} from '../../partner-api/validation/common-fields.js';
import { MetadataFilterField, type Metadata } from '../../partner-api/validation/metadata-fields.js';
import { ReadOf } from '../../partner-api/validation/request-parts.js';
import {
  leaseRequestOrders,
  leaseRequestStatuses,
  type LeaseRequestOrder,
  type LeaseRequestStatus,
} from '../lease-request-status.js';

export class RequestPath {
  @RequestIdField()
  requestId: string;
}

export class RequestOfProjectPath {
  @ProjectIdField()
  projectId: string;

  @RequestIdField()
  requestId: string;
}

export class LeaseRequestsQuery {
  @ChoiceField(leaseRequestStatuses, { required: false, description: 'Only requests in this status.' })
  status?: LeaseRequestStatus;

  @UtcTimeField({
    required: false,
    description:
      'Only requests changed at or after this time, ISO 8601 with Z; give the `asOf` of the first page you read last time. It also includes the 30 s before that: an item may appear twice, but none is missed.',
    example: '2026-04-18T19:24:11Z',
  })
  updatedSince?: string;

  @MetadataFilterField('Only requests whose metadata holds this pair: `metadata[campaign]=spring`.')
  metadata?: Metadata;

  @ChoiceField(leaseRequestOrders, {
    required: false,
    default: 'submittedAt',
    description: '`submittedAt`: newest first. `updatedAt`: by the time of the last change, oldest first.',
  })
  order: LeaseRequestOrder = 'submittedAt';

  @CursorField()
  cursor?: string;

  @LimitField(25, 100)
  limit: number = 25;
}

export class AllLeaseRequestsQuery extends LeaseRequestsQuery {
  @ProjectIdField({ required: false, description: 'Only requests of this project.' })
  projectId?: string;
}

export class ListLeaseRequests extends ReadOf({ query: AllLeaseRequestsQuery }) {}
export class ListLeaseRequestsOfProject extends ReadOf({ path: ProjectPath, query: LeaseRequestsQuery }) {}
export class ReadLeaseRequest extends ReadOf({ path: RequestPath }) {}
export class ReadLeaseRequestOfProject extends ReadOf({ path: RequestOfProjectPath }) {}
