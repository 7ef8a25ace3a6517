import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiParam, ApiQuery } from '@nestjs/swagger';
import { ValidationFailed, type FieldError } from '../../core/errors.js';
import { toShownName } from '../../core/validation.js';
import { getFields, isObject, readFields } from './field.js';
import type { PartnerRequest } from '../partner-request.js';
import { Mutation, type RequestParts } from './request-parts.js';

/** A class made by `ReadOf` or `MutationOf`. */
interface CheckedRequest {
  new (): object;
  parts: RequestParts & { headers?: new () => object };
  /** Faults that only show between parts; each part is as it should be by itself. */
  faultsBetween?(request: object): FieldError[];
}

/**
 * The whole call as `type` describes it: path, query, headers and body are read in one place, so that every fault is listed at once.
 * It also tells the reference of each of them.
 */
export function ValidRequest(type: CheckedRequest): ParameterDecorator {
  const read = createParamDecorator((_data: unknown, context: ExecutionContext) =>
    readRequest(type, context.switchToHttp().getRequest<PartnerRequest>()),
  )();
  return (controller, method, place) => {
    read(controller, method, place);
    documentParts(type, controller, method!);
  };
}

/** @throws ValidationFailed */
function readRequest(type: CheckedRequest, request: PartnerRequest): object {
  const { path = NoFields, query = NoFields, headers, body = NoFields } = type.parts;
  const faults: FieldError[] = [];
  const read = Object.assign(new type(), {
    path: readFields(path, request.params, 'path.', faults),
    query: readFields(query, rejectRepeated(request.query, faults), 'query.', faults),
    ...(headers && { headers: readFields(headers, namedHeaders(headers, request), 'header.', faults) }),
    body: readBody(body, request.body, faults),
  });
  if (faults.length === 0) faults.push(...(type.faultsBetween?.(read) ?? []));
  if (faults.length > 0) throw new ValidationFailed(faults);
  if (read instanceof Mutation) read.takeFingerprints(request);
  return read;
}

/** A part that a route does not take: every field of it is one too many. */
class NoFields {}

/** A repeated parameter comes as a list. */
function rejectRepeated(query: Record<string, unknown>, faults: FieldError[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (!Array.isArray(value)) return [name, value];
      faults.push({ path: `query.${toShownName(name)}`, message: 'must be given once' });
      return [name, value[0]];
    }),
  );
}

function namedHeaders(type: new () => object, request: PartnerRequest): Record<string, unknown> {
  return Object.fromEntries(getFields(type).map(({ name }) => [name, request.headers[name.toLowerCase()]]));
}

function readBody(type: new () => object, body: unknown, faults: FieldError[]): object {
  if (body === undefined || isObject(body)) return readFields(type, body ?? {}, '', faults);
  faults.push({ path: 'body', message: 'must be a JSON object' });
  return new type();
}

function documentParts({ parts }: CheckedRequest, controller: object, method: string | symbol): void {
  const descriptor = Object.getOwnPropertyDescriptor(controller, method)!;
  const say = (decorator: MethodDecorator) => decorator(controller, method, descriptor);
  const parameters = (type?: new () => object) =>
    (type ? getFields(type) : []).map(({ name, docs: { required = true, description, ...schema } }) => ({
      name,
      required: required === true,
      description,
      schema: schema as object,
    }));
  parameters(parts.path).forEach((parameter) => say(ApiParam(parameter)));
  parameters(parts.query).forEach((parameter) => say(ApiQuery(parameter)));
  parameters(parts.headers).forEach((parameter) => say(ApiHeader(parameter)));
  if (parts.body) {
    const required = getFields(parts.body).some(({ docs }) => docs.required !== false);
    say(ApiBody({ type: parts.body, required }));
  }
}
