import type { paths } from './openapi.js';

/** The operation of a route, as the OpenAPI document has it. */
type Operation<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method];

export type HttpMethod = 'get' | 'post' | 'patch' | 'delete';

type JsonOf<Content> = Content extends { content: { 'application/json': infer Json } } ? Json : never;

/** Answers may hold values that are newer than this package, and calls may send them: each list of values is open. */
export type Open<T> = T extends string
  ? string extends T
    ? T
    : T | (string & {})
  : T extends (infer Item)[]
    ? Open<Item>[]
    : T extends object
      ? { [Key in keyof T]: Open<T[Key]> }
      : T;

/** The body of a success. */
export type Answer<Path extends keyof paths, Method extends keyof paths[Path]> =
  Operation<Path, Method> extends { responses: infer Responses }
    ? Open<JsonOf<Responses[keyof Responses & (200 | 201 | 202)]>>
    : never;

/** The body that a route takes. */
export type Body<Path extends keyof paths, Method extends keyof paths[Path]> =
  Operation<Path, Method> extends { requestBody?: infer RequestBody } ? Open<JsonOf<NonNullable<RequestBody>>> : never;

/** The query that a route takes. */
export type Query<Path extends keyof paths> =
  Operation<Path, 'get'> extends { parameters: { query?: infer Parameters } } ? Open<NonNullable<Parameters>> : never;

type ItemOf<Page> = Page extends { items: (infer Item)[] } ? Item : never;

type Project = '/v1/projects/{projectId}/leased-accounts';

export type LeaseRequestBody = Body<`${Project}/request`, 'post'>;
export type Niche = LeaseRequestBody['niche'];
export type LeaseRequestReceipt = Answer<`${Project}/request`, 'post'>;
export type LeaseRequest = Answer<'/v1/leased-accounts/requests/{requestId}', 'get'>;
export type LeaseRequestStatus = LeaseRequest['status'];
export type LeaseRequestPage = Answer<'/v1/leased-accounts/requests', 'get'>;
export type LeasedAccountPage = Answer<'/v1/leased-accounts', 'get'>;
export type LeasedAccount = ItemOf<LeasedAccountPage>;
export type ReleasedAccount = Answer<'/v1/leased-accounts/{socialAccountId}', 'delete'>;
export type NoteReceipt = Answer<'/v1/leased-accounts/requests/{requestId}/notes', 'post'>;
export type Whoami = Answer<'/v1/whoami', 'get'>;
export type ProjectPage = Answer<'/v1/projects', 'get'>;
export type Wallet = Answer<'/v1/wallet', 'get'>;
export type TransactionPage = Answer<'/v1/wallet/transactions', 'get'>;
export type Transaction = ItemOf<TransactionPage>;
export type AuditLogPage = Answer<'/v1/audit-log', 'get'>;
export type AuditEvent = ItemOf<AuditLogPage>;
export type CallPage = Answer<'/v1/calls', 'get'>;
export type EventPage = Answer<'/v1/events', 'get'>;
/** An event of `GET /v1/events`, and the body of a webhook. */
export type LayersEvent = ItemOf<EventPage>;
/** The types of events that were known when this package was made. */
export type EventType = NonNullable<NonNullable<paths['/v1/events']['get']['parameters']['query']>['type']>;
export type RotatedKey = Answer<'/v1/api-keys/{apiKeyId}/rotate', 'post'>;
export type KilledKey = Answer<'/v1/api-keys/{apiKeyId}/kill', 'post'>;
export type WebhookEndpoint = Answer<'/v1/webhook-endpoints/{endpointId}', 'get'>;
export type WebhookEndpointPage = Answer<'/v1/webhook-endpoints', 'get'>;
export type WebhookDeliveryPage = Answer<'/v1/webhook-endpoints/{endpointId}/deliveries', 'get'>;
export type SandboxTime = Answer<'/v1/sandbox/clock', 'post'>;
export type SandboxTopUp = Answer<'/v1/sandbox/top-up', 'post'>;
/** The codes of errors that were known when this package was made. */
export type ErrorCode = JsonOf<paths['/v1/whoami']['get']['responses'][401]>['error']['code'];
