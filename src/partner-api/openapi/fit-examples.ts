import type { OpenAPIObject } from '@nestjs/swagger';
import {
  ForbiddenScope,
  NotFound,
  RateLimited,
  ValidationFailed,
  type DomainError,
  type FieldError,
} from '../../core/errors.js';
import { getEndpointClass } from '../rate-limits.js';
import { SCOPE_EXTENSION } from '../required-scope.decorator.js';

interface Schema {
  $ref?: string;
  type?: string;
  minimum?: number;
  maximum?: number;
  required?: string[];
  properties?: Record<string, Schema>;
}
interface Parameter {
  name: string;
  in: string;
  schema: Schema;
}
interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { examples?: Record<string, { value: ErrorExample }> }> }>;
  [SCOPE_EXTENSION]?: string;
}
interface ErrorExample {
  error: { code: string; message: string; requestId: string; details?: unknown };
}

const nameByParameter: [parameter: string, name: string][] = [
  ['requestId', 'This lease request'],
  ['socialAccountId', 'This leased account'],
  ['endpointId', 'This webhook endpoint'],
  ['apiKeyId', 'This API key'],
  ['deliveryId', 'This webhook delivery'],
  ['projectId', 'This project'],
];

/** Replaces examples of errors that depend on the route by what that route would answer. */
export function fitExamples({ paths, components }: OpenAPIObject): void {
  const schemas = components?.schemas as Record<string, Schema>;
  for (const path of Object.values(paths)) {
    for (const [method, operation] of Object.entries(path) as unknown as [string, Operation][]) {
      // The routes of a controller share them.
      operation.responses = structuredClone(operation.responses);
      for (const error of toErrors(method, operation, schemas)) replaceExample(operation, error);
    }
  }
}

function toErrors(method: string, operation: Operation, schemas: Record<string, Schema>): DomainError[] {
  const [, missing = 'This project'] =
    nameByParameter.find(([parameter]) => operation.parameters?.some(({ name }) => name === parameter)) ?? [];
  return [
    new NotFound(missing),
    new RateLimited(getEndpointClass(method.toUpperCase()), 'minute', 12),
    // Without a scope of its own a route refuses only who acts for another organization.
    new ForbiddenScope(operation[SCOPE_EXTENSION] ?? 'org:admin'),
    new ValidationFailed([toFieldError(operation, schemas)]),
  ];
}

function replaceExample({ responses }: Operation, { code, message, details }: DomainError): void {
  for (const { content } of Object.values(responses)) {
    const example = content?.['application/json']?.examples?.[code];
    if (example) Object.assign(example.value.error, { message, details });
  }
}

/** Of the body where there is one, else of the query or the path. */
function toFieldError({ parameters = [], requestBody }: Operation, schemas: Record<string, Schema>): FieldError {
  const body = schemas[requestBody?.content['application/json']?.schema.$ref?.split('/').at(-1) ?? ''];
  const properties = Object.keys(body?.properties ?? {});
  if (properties.includes('count')) return { path: 'count', message: 'must be a whole number from 1 to 50' };
  const [first] = properties;
  if (first) return { path: first, message: toMessage(body!.properties![first]!, body!.required?.includes(first)) };
  const limit = parameters.find(({ name }) => name === 'limit');
  if (limit) return { path: 'query.limit', message: `must be a whole number from 1 to ${limit.schema.maximum}` };
  const isOfRequest = parameters.some(({ name }) => name === 'requestId');
  if (isOfRequest) return { path: 'path.requestId', message: 'must be the id of a lease request' };
  return { path: 'query.verbose', message: 'is not a known field' };
}

function toMessage({ type, minimum, maximum }: Schema, isRequired = false): string {
  if (isRequired) return 'is required';
  return type === 'integer' ? `must be a whole number from ${minimum} to ${maximum}` : 'must be text';
}
