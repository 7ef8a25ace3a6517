import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { validateSync } from 'class-validator';
import type { FieldError } from '../../core/errors.js';
import { toShownName } from '../../core/validation.js';

type Class<T = object> = new () => T;

/** How a field is read, besides the rules on it. */
interface Reading {
  /** The object that the field holds. */
  nested?: Class;
  /** What is wrong with an item of the list that the field holds, or `null`. */
  itemFault?: (item: unknown) => string | null;
  /** Makes of the value as sent what the rules look at and the service gets. */
  read?: (value: unknown) => unknown;
}

interface Field extends Reading {
  name: string;
  docs: ApiPropertyOptions;
}

const FIELDS = 'fields of a request';

/** A field of a request: what the reference says of it (`required: false` lets it be left out) and how it is read. */
export function Field(docs: ApiPropertyOptions, reading: Reading = {}): PropertyDecorator {
  const register: PropertyDecorator = (prototype, name) => {
    const field: Field = { name: String(name), docs, ...reading };
    Reflect.defineMetadata(FIELDS, [...getFields(prototype.constructor as Class), field], prototype.constructor);
  };
  const { nested } = reading;
  return applyDecorators(register, ApiProperty(nested ? ({ ...docs, type: nested } as ApiPropertyOptions) : docs));
}

export function getFields(type: Class): Field[] {
  return (Reflect.getMetadata(FIELDS, type) as Field[] | undefined) ?? [];
}

/**
 * Reads `raw` as the fields of `type` and lists in `faults` all that is wrong with it.
 * @param at what the faults' paths begin with: nothing for a body, `query.` for a query
 */
export function readFields<T extends object>(
  type: Class<T>,
  raw: Record<string, unknown>,
  at: string,
  faults: FieldError[],
): T {
  const read = new type();
  const fields = getFields(type);
  const known = new Set(fields.map((field) => field.name));
  for (const name of Object.keys(raw)) {
    if (!known.has(name)) faults.push({ path: at + toShownName(name), message: 'is not a known field' });
  }
  const toCheck = new Set<string>();
  for (const field of fields) {
    const value = Object.hasOwn(raw, field.name) ? raw[field.name] : undefined;
    const found = findStructuralErrors(field, value, at + field.name);
    faults.push(...found);
    if (value === undefined || found.length > 0) continue;
    if (field.nested)
      set(read, field.name, readFields(field.nested, value as Record<string, unknown>, `${at}${field.name}.`, faults));
    else {
      set(read, field.name, field.read ? field.read(value) : value);
      toCheck.add(field.name);
    }
  }
  if (toCheck.size > 0) faults.push(...findRuleErrors(read, toCheck, at));
  return read;
}

/** What the rules need not look at any more. */
function findStructuralErrors(field: Field, value: unknown, path: string): FieldError[] {
  if (value === undefined) return field.docs.required === false ? [] : [{ path, message: 'is required' }];
  if (value === null) return [{ path, message: 'must not be null' }];
  if (field.nested) return isObject(value) ? [] : [{ path, message: 'must be an object' }];
  if (!field.itemFault || !Array.isArray(value)) return [];
  // The rules refuse a list that is too long as a whole; a fault for each item would make the answer many times the call.
  if (value.length > (field.docs.maxItems ?? Infinity)) return [];
  return value.flatMap((item, place) => {
    const message = field.itemFault!(item);
    return message === null ? [] : [{ path: `${path}[${place}]`, message }];
  });
}

function findRuleErrors(read: object, toCheck: Set<string>, at: string): FieldError[] {
  return validateSync(read, { stopAtFirstError: true })
    .filter(({ property }) => toCheck.has(property))
    .flatMap(({ property, constraints }) =>
      Object.values(constraints ?? {}).map((message) => ({ path: at + property, message })),
    );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function set(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}
