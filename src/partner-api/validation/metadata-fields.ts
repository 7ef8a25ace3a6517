import { isStorableText, STORABLE_TEXT_PATTERN } from '../../core/text.js';
import { toShownName } from '../../core/validation.js';
import type { FieldError } from '../../core/errors.js';
import { Field, isObject } from './field.js';

/** What a partner attaches to an object: texts by names of its own. */
export type Metadata = Record<string, string>;

const MAX_KEYS = 50;
const MAX_KEY_LENGTH = 40;
const MAX_VALUE_LENGTH = 500;

const schema = {
  type: 'object',
  required: false,
  additionalProperties: { type: 'string', maxLength: MAX_VALUE_LENGTH, pattern: STORABLE_TEXT_PATTERN },
  propertyNames: { minLength: 1, maxLength: MAX_KEY_LENGTH, pattern: STORABLE_TEXT_PATTERN },
  example: { campaign: 'spring' },
} as const;

/** Metadata in a body. */
export function MetadataField(): PropertyDecorator {
  return Field(
    {
      ...schema,
      maxProperties: MAX_KEYS,
      description: 'Your own key–value pairs; they are returned in lists and events.',
    } as object,
    { findErrors: findMetadataErrors },
  );
}

/** `metadata[key]=value` in a query. */
export function MetadataFilterField(description: string): PropertyDecorator {
  return Field({ ...schema, maxProperties: 1, description } as object, {
    pairs: true,
    findErrors: (value, path) => {
      if (isObject(value) && Object.keys(value).length > 1) return [{ path, message: 'must be one pair' }];
      // `metadata[a][b]=` is no pair.
      if (!isObject(value) || Object.keys(value).some((key) => key.includes('][')))
        return [{ path, message: PAIR_FORM }];
      return findPairErrors(value, (key) => `${path}[${key}]`);
    },
  });
}

const PAIR_FORM = 'must be given as metadata[key]=value';

function findMetadataErrors(value: unknown, path: string): FieldError[] {
  if (!isObject(value)) return [{ path, message: 'must be an object' }];
  if (Object.keys(value).length > MAX_KEYS) return [{ path, message: `must have at most ${MAX_KEYS} keys` }];
  return findPairErrors(value, (key) => `${path}.${key}`);
}

function findPairErrors(pairs: Record<string, unknown>, toPath: (key: string) => string): FieldError[] {
  return Object.entries(pairs).flatMap(([key, value]) => {
    const message = findKeyError(key) ?? findValueError(value);
    return message === null ? [] : [{ path: toPath(toShownName(key)), message }];
  });
}

function findKeyError(key: string): string | null {
  if (!isStorableText(key)) return 'must have a key without NUL and half surrogate pairs';
  return key === '' || [...key].length > MAX_KEY_LENGTH ? `must have a key of 1 to ${MAX_KEY_LENGTH} characters` : null;
}

function findValueError(value: unknown): string | null {
  if (typeof value !== 'string') return 'must be text';
  if (!isStorableText(value)) return 'must not contain NUL or half a surrogate pair';
  return [...value].length > MAX_VALUE_LENGTH ? `must have at most ${MAX_VALUE_LENGTH} characters` : null;
}
