import { applyDecorators } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { validateSync } from 'class-validator';
import { ApiProperty } from '../openapi/decorators.js';
import type { FieldError } from '../../core/errors.js';
import { toShownName } from '../../core/validation.js';

type Class<T = object> = new () => T;

/** How a field is read before its rules are checked. */
interface ReadOptions {
  /** The class of a field that is an object. */
  nested?: Class;
  /** The errors of a field that has fields of its own, or names that the caller chooses. */
  findErrors?: (value: unknown, path: string) => FieldError[];
  /** In a query: `name[key]=value` is read as an object. */
  pairs?: boolean;
  /** The error of one item of a field that is a list, or `null`. */
  findItemError?: (item: unknown) => string | null;
  /** Converts the value as sent to the one that is checked. */
  read?: (value: unknown) => unknown;
}

interface Field extends ReadOptions {
  name: string;
  docs: ApiPropertyOptions;
}

const FIELDS = 'fields of a request';

/**
 * A field of a request.
 * @param docs for the API reference; `required: false` makes the field optional
 */
export function Field(docs: ApiPropertyOptions, options: ReadOptions = {}): PropertyDecorator {
  const register: PropertyDecorator = (prototype, name) => {
    const field: Field = { name: String(name), docs, ...options };
    Reflect.defineMetadata(FIELDS, [...getFields(prototype.constructor as Class), field], prototype.constructor);
  };
  const { nested } = options;
  return applyDecorators(register, ApiProperty(nested ? ({ ...docs, type: nested } as ApiPropertyOptions) : docs));
}

export function getFields(type: Class): Field[] {
  return (Reflect.getMetadata(FIELDS, type) as Field[] | undefined) ?? [];
}

/**
 * Reads `raw` as an instance of `type`.
 * @param pathPrefix of the errors: empty for a body, `query.` for a query
 * @param errors gets every error found
 */
export function readFields<T extends object>(
  type: Class<T>,
  raw: Record<string, unknown>,
  pathPrefix: string,
  errors: FieldError[],
): T {
  const result = new type();
  const fields = getFields(type);
  const knownNames = new Set(fields.map((field) => field.name));
  for (const name of Object.keys(raw)) {
    if (!knownNames.has(name)) errors.push({ path: pathPrefix + toShownName(name), message: 'is not a known field' });
  }
  const toCheck = new Set<string>();
  for (const field of fields) {
    const value = Object.hasOwn(raw, field.name) ? raw[field.name] : undefined;
    const structuralErrors = findStructuralErrors(field, value, pathPrefix + field.name);
    errors.push(...structuralErrors);
    if (value === undefined || structuralErrors.length > 0) continue;
    if (field.nested) {
      const nestedPrefix = `${pathPrefix}${field.name}.`;
      set(result, field.name, readFields(field.nested, value as Record<string, unknown>, nestedPrefix, errors));
    } else {
      set(result, field.name, field.read ? field.read(value) : value);
      toCheck.add(field.name);
    }
  }
  if (toCheck.size > 0) errors.push(...findRuleErrors(result, toCheck, pathPrefix));
  return result;
}

/** A field with such an error is not checked by its rules. */
function findStructuralErrors(field: Field, value: unknown, path: string): FieldError[] {
  if (value === undefined) return field.docs.required === false ? [] : [{ path, message: 'is required' }];
  if (value === null) return [{ path, message: 'must not be null' }];
  if (field.nested) return isObject(value) ? [] : [{ path, message: 'must be an object' }];
  if (field.findErrors) return field.findErrors(value, path);
  if (!field.findItemError || !Array.isArray(value)) return [];
  // The rules refuse a list that is too long; with an error for each item the answer would be many times the size of the request.
  if (value.length > (field.docs.maxItems ?? Infinity)) return [];
  return value.flatMap((item, index) => {
    const message = field.findItemError!(item) ?? findRepetition(value, index, path);
    return message === null ? [] : [{ path: `${path}[${index}]`, message }];
  });
}

function findRepetition(list: unknown[], index: number, path: string): string | null {
  const first = list.indexOf(list[index]);
  return first < index ? `repeats ${path}[${first}]` : null;
}

function findRuleErrors(instance: object, toCheck: Set<string>, pathPrefix: string): FieldError[] {
  return validateSync(instance, { stopAtFirstError: true })
    .filter(({ property }) => toCheck.has(property))
    .flatMap(({ property, constraints }) =>
      Object.values(constraints ?? {}).map((message) => ({ path: pathPrefix + property, message })),
    );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function set(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}
