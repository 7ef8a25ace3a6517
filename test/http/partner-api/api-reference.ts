import { expect } from '@jest/globals';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { TestApp } from '../../support/app.js';
import { call, type Reply } from '../../support/calls.js';

export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  parameters?: { name: string; in: string; required: boolean; description?: string; schema: object }[];
  requestBody?: { required: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, Answer>;
  security: object[];
}
export interface Answer {
  description: string;
  headers: Record<string, { required?: boolean; schema: object }>;
  content: Record<string, { schema: object; examples?: Record<string, { value: object }> }>;
}
export interface ErrorExample {
  error: { message: string; details: { fields?: { path: string }[] } };
}
export interface ReferenceDocument {
  info: { description: string };
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  servers: object[];
  components: {
    schemas: Record<string, object>;
    securitySchemes: Record<string, object>;
    responses: Record<string, Answer>;
  };
}

export const PROJECT = '/v1/projects/{projectId}/leased-accounts';
export const everyRoute = [
  `POST ${PROJECT}/request`,
  `GET ${PROJECT}/requests`,
  `GET ${PROJECT}/requests/{requestId}`,
  `POST ${PROJECT}/requests/{requestId}/notes`,
  `POST ${PROJECT}/requests/{requestId}/cancel`,
  `GET ${PROJECT}`,
  'GET /v1/leased-accounts',
  'GET /v1/leased-accounts/requests',
  'GET /v1/leased-accounts/requests/{requestId}',
  'POST /v1/leased-accounts/requests/{requestId}/notes',
  'POST /v1/leased-accounts/requests/{requestId}/cancel',
  'DELETE /v1/leased-accounts/{socialAccountId}',
  'GET /v1/projects',
  'GET /v1/whoami',
  'GET /v1/wallet',
  'GET /v1/wallet/transactions',
  'GET /v1/audit-log',
  'GET /v1/calls',
  'GET /v1/events',
  'POST /v1/webhook-endpoints',
  'GET /v1/webhook-endpoints',
  'GET /v1/webhook-endpoints/{endpointId}',
  'PATCH /v1/webhook-endpoints/{endpointId}',
  'DELETE /v1/webhook-endpoints/{endpointId}',
  'POST /v1/webhook-endpoints/{endpointId}/rotate-secret',
  'POST /v1/webhook-endpoints/{endpointId}/test',
  'GET /v1/webhook-endpoints/{endpointId}/deliveries',
  'POST /v1/webhook-endpoints/{endpointId}/replay',
  'POST /v1/webhook-deliveries/{deliveryId}/replay',
  'POST /v1/api-keys/{apiKeyId}/rotate',
  'POST /v1/api-keys/{apiKeyId}/kill',
  'POST /v1/sandbox/clock',
  'POST /v1/sandbox/top-up',
];
export const scopeless = everyRoute.filter((route) => !/leased-accounts|api-keys/.test(route));
export const scopeOf = (route: string) => (route.includes('api-keys') ? 'keys:write' : 'leased:write');
export const scopelessLists = scopeless.filter((route) => route.startsWith('GET') && !route.includes('{'));

/** The reference that a service serves, with its schemas compiled. */
export class ApiReference {
  private constructor(
    readonly document: ReferenceDocument,
    readonly ajv: Ajv2020,
  ) {}

  static async read(service: TestApp): Promise<ApiReference> {
    const document = (await call(service, 'GET', '/docs/openapi.json')).body as ReferenceDocument;
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    (addFormats as unknown as { default: (ajv: Ajv2020) => void }).default(ajv);
    ajv.addSchema(document as unknown as AnySchema, 'reference');
    return new ApiReference(document, ajv);
  }

  operation(route: string): Operation {
    const [method, path] = route.split(' ');
    return this.document.paths[path!]![method!.toLowerCase()]!;
  }

  /** Objects of the reference say all their fields: from now on nothing that is not told may be in an answer. */
  closeSchemas(): void {
    closed(this.document.components.schemas);
  }

  /** Fails unless the answer is one that the reference tells of for that route: status, headers, body. */
  expectToConform(route: string, reply: Reply): void {
    const told = this.operation(route).responses[reply.status];
    if (!told) throw new Error(`${route} is not told to answer ${reply.status}: ${reply.text}`);
    const [method, path] = route.split(' ');
    this.expectToBe(told, ['paths', path!, method!.toLowerCase(), 'responses', String(reply.status)], reply);
  }

  /** @param told what the reference has at `place` */
  expectToBe(told: Answer, place: string[], reply: Reply): void {
    const pointer = [...place, 'content', 'application/json', 'schema']
      .map((name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = this.ajv.getSchema(`reference#/${pointer}`)!;
    if (!validate(reply.body))
      throw new Error(`${place.join(' ')}: ${this.ajv.errorsText(validate.errors)} in ${reply.text}`);
    for (const [name, { required, schema }] of Object.entries(told.headers)) {
      const value = reply.headers[name.toLowerCase()];
      if (value === undefined) expect([name, required ?? false]).toEqual([name, false]);
      else
        expect([
          name,
          this.ajv.validate(schema, 'type' in schema && schema.type === 'integer' ? Number(value) : value),
        ]).toEqual([name, true]);
    }
    const ours = Object.keys(reply.headers).filter((name) => /^(x-|retry|idempotent|allow)/.test(name));
    const known = Object.keys(told.headers).map((name) => name.toLowerCase());
    expect(ours.filter((name) => !known.includes(name))).toEqual([]);
  }
}

function closed(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const schema = node as Record<string, unknown>;
  if (schema.type === 'object' && schema.properties && schema.additionalProperties === undefined)
    schema.additionalProperties = false;
  Object.values(schema).forEach(closed);
}
