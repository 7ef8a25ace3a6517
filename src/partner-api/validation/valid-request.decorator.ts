import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiParam, ApiQuery } from '../openapi/decorators.js';
import { ValidationFailed, type FieldError } from '../../core/errors.js';
import { toShownName } from '../../core/validation.js';
import { getFields, isObject, readFields } from './field.js';
import type { PartnerRequest } from '../partner-request.js';
import { Mutation, type RequestParts } from './request-parts.js';

/** A subclass of `ReadOf` or `MutationOf`. */
interface CheckedRequest {
  new (): object;
  parts: RequestParts & { headers?: new () => object };
  /** Errors between fields. @param isValid whether the field of that path is valid on its own */
  findCrossFieldErrors?(request: object, isValid: (path: string) => boolean): FieldError[];
}

/**
 * The checked call as an instance of `type`: path, query, headers and body are read in one place, so that all errors are listed at
 * once. It also documents them in the API reference.
 */
export function ValidRequest(type: CheckedRequest): ParameterDecorator {
  const read = createParamDecorator((_data: unknown, context: ExecutionContext) =>
    readRequest(type, context.switchToHttp().getRequest<PartnerRequest>()),
  )();
  return (controller, method, index) => {
    read(controller, method, index);
    documentParts(type, controller, method!);
  };
}

/** @throws ValidationFailed */
export function readRequest(
  type: CheckedRequest,
  request: Pick<PartnerRequest, 'params' | 'query' | 'headers' | 'body' | 'method' | 'route'>,
): object {
  const { path = NoFields, query = NoFields, headers, body = NoFields } = type.parts;
  const errors: FieldError[] = [];
  const result = Object.assign(new type(), {
    path: readFields(path, request.params, 'path.', errors),
    query: readFields(query, foldPairs(query, rejectRepeated(request.query, errors)), 'query.', errors),
    ...(headers && { headers: readFields(headers, pickHeaders(headers, request), 'header.', errors) }),
    body: readBody(body, request.body, errors),
  });
  const isValid = (path: string) => !errors.some((error) => error.path === path);
  errors.push(...(type.findCrossFieldErrors?.(result, isValid) ?? []));
  if (errors.length > 0) throw new ValidationFailed(errors);
  if (result instanceof Mutation) result.setFingerprints(request);
  return result;
}

/** A part that a route does not take: every field of it is unknown. */
class NoFields {}

/** A repeated parameter arrives as a list. */
function rejectRepeated(query: Record<string, unknown>, errors: FieldError[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (!Array.isArray(value)) return [name, value];
      errors.push({ path: `query.${toShownName(name)}`, message: 'must be given once' });
      return [name, value[0]];
    }),
  );
}

/** `metadata[key]=value` as the object `metadata`, where the query has such a field. */
function foldPairs(type: new () => object, query: Record<string, unknown>): Record<string, unknown> {
  const [pairs] = getFields(type).filter(({ pairs }) => pairs);
  if (!pairs) return query;
  const isPair = (name: string) => name.startsWith(`${pairs.name}[`) && name.endsWith(']');
  const entries = Object.entries(query);
  const folded = entries.filter(([name]) => isPair(name));
  if (folded.length === 0) return query;
  const value = Object.fromEntries(folded.map(([name, text]) => [name.slice(pairs.name.length + 1, -1), text]));
  return Object.fromEntries([...entries.filter(([name]) => !isPair(name)), [pairs.name, value]]);
}

function pickHeaders(type: new () => object, request: Pick<PartnerRequest, 'headers'>): Record<string, unknown> {
  return Object.fromEntries(getFields(type).map(({ name }) => [name, request.headers[name.toLowerCase()]]));
}

function readBody(type: new () => object, body: unknown, errors: FieldError[]): object {
  if (body === undefined || isObject(body)) return readFields(type, body ?? {}, '', errors);
  errors.push({ path: 'body', message: 'must be a JSON object' });
  return new type();
}

function documentParts({ parts }: CheckedRequest, controller: object, method: string | symbol): void {
  const descriptor = Object.getOwnPropertyDescriptor(controller, method)!;
  const apply = (decorator: MethodDecorator) => decorator(controller, method, descriptor);
  const parameters = (type?: new () => object) =>
    (type ? getFields(type) : []).map(
      ({ name, pairs, docs: { required = true, description, example, ...schema } }) => ({
        name,
        required: required === true,
        description,
        // The page fills an example in, so one of an optional parameter would be sent by everybody who tries a route out.
        schema: { ...schema, ...(required === true && { example: example as unknown }) } as object,
        ...(pairs && { style: 'deepObject' as const, explode: true }),
      }),
    );
  parameters(parts.path).forEach((parameter) => apply(ApiParam(parameter)));
  parameters(parts.query).forEach((parameter) => apply(ApiQuery(parameter)));
  parameters(parts.headers).forEach((parameter) => apply(ApiHeader(parameter)));
  if (parts.body) {
    const required = getFields(parts.body).some(({ docs }) => docs.required !== false);
    apply(ApiBody({ type: parts.body, required, examples: toBodyExamples(parts.body) }));
  }
}

/** What the page fills in: without the partner's own id, which stands for one request for ever, and without what is rarely sent. */
function toBodyExamples(type: new () => object): { typical: { value: object } } {
  const toValue = (of: new () => object): object =>
    Object.fromEntries(
      getFields(of)
        .filter(
          ({ name, docs }) => name !== 'requestId' && name !== 'metadata' && (docs.example ?? docs.required !== false),
        )
        .map(({ name, nested, docs }) => [name, nested ? toValue(nested) : docs.example]),
    );
  return { typical: { value: toValue(type) } };
}
