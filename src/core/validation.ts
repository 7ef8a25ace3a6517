import { getMetadataStorage, ValidateBy, ValidateIf, validateSync, type MetadataStorage } from 'class-validator';
import { hasOffset, isStorableText, isUtcTime } from './text.js';
import { hasVisibleText } from './text-key.js';
import { ValidationFailed, type FieldError } from './errors.js';

keepMetadataOfTypes();

/** class-validator looks through every type of the program on each call: here the rules of a type are found once. */
function keepMetadataOfTypes(): void {
  type Find = MetadataStorage['getTargetValidationMetadatas'];
  const storage = getMetadataStorage();
  const find = storage.getTargetValidationMetadatas.bind(storage) as Find;
  const kept = new WeakMap<object, ReturnType<Find>>();
  storage.getTargetValidationMetadatas = (type, schema, always, strictGroups, groups) => {
    if (schema || groups?.length) return find(type, schema, always, strictGroups, groups);
    const metadata = kept.get(type) ?? find(type, schema, always, strictGroups, groups);
    kept.set(type, metadata);
    return metadata;
  };
}

/**
 * The input of a service as an instance of `type`, checked by its class-validator decorators.
 * @param input unchecked: the panel and the command line pass on what they received
 * @throws ValidationFailed with every error at once; an unknown field is an error too
 */
export function validated<Input extends object>(type: new () => Input, input: unknown): Input {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ValidationFailed([{ path: 'body', message: 'must be an object' }]);
  }
  const fields = getFieldNames(type);
  const errors: FieldError[] = Object.keys(input)
    .filter((name) => !fields.has(name))
    .map((name) => ({ path: toShownName(name), message: 'is not a known field' }));

  const result = new type();
  for (const name of fields) {
    const value: unknown = Object.hasOwn(input, name) ? (input as Record<string, unknown>)[name] : undefined;
    if (value !== undefined) Object.assign(result, { [name]: value });
  }
  // class-validator takes a type without fields for an unknown one.
  for (const { property, constraints } of validateSync(result, {
    stopAtFirstError: true,
    forbidUnknownValues: false,
  })) {
    const missing = !Object.hasOwn(result, property) || result[property as keyof Input] === undefined;
    const messages = missing ? ['is required'] : Object.values(constraints ?? {});
    errors.push(...messages.map((message) => ({ path: property, message })));
  }
  if (errors.length > 0) throw new ValidationFailed(errors);
  return result;
}

function getFieldNames(type: new () => object): Set<string> {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return new Set(metadata.map(({ propertyName }) => propertyName));
}

/** A field name as it was sent, cut and escaped for an error message. */
export function toShownName(name: string): string {
  return [...name]
    .slice(0, 100)
    .join('')
    .replace(/[\p{Surrogate}\0]/gu, '\ufffd');
}

/** The field may be missing. Unlike class-validator's `IsOptional` it does not allow `null`. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_owner, value) => value !== undefined);
}

/** The field may be missing or `null`, which means *none*. */
export function Nullable(): PropertyDecorator {
  return ValidateIf((_owner, value) => value !== undefined && value !== null);
}

/** The error of a text that should have `min` to `max` code points after trimming, or `null`. */
export function findTextError(value: unknown, min: number, max: number): string | null {
  if (typeof value !== 'string') return 'must be text';
  if (!isStorableText(value)) return 'must not contain NUL or half a surrogate pair';
  // A huge text is refused without being counted; the factor leaves room for surrogate pairs and white space.
  const length = value.length > 4 * max + 1_000 ? Infinity : [...value.trim()].length;
  if (length < min) return min === 1 ? 'must not be empty' : `must have at least ${min} characters`;
  if (min > 0 && length <= max && !hasVisibleText(value)) return 'must have at least one visible character';
  return length > max ? `must have at most ${max} characters` : null;
}

/** A text of `min` to `max` code points after trimming. */
export function IsText(min: number, max: number): PropertyDecorator {
  return validationRule('isText', (value) => findTextError(value, min, max));
}

/** An integer from `min` to `max`; `"5"` and `5.5` are refused. */
export function IsWholeNumber(min: number, max: number): PropertyDecorator {
  const message = `must be a whole number from ${min} to ${max}`;
  const isInRange = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  return validationRule('isWholeNumber', (value) => (isInRange(value) ? null : message));
}

export function IsOneOf(allowed: readonly string[]): PropertyDecorator {
  const message = `must be one of ${allowed.join(', ')}`;
  return validationRule('isOneOf', (value) => (typeof value === 'string' && allowed.includes(value) ? null : message));
}

/** A boolean; texts and numbers are refused. */
export function IsTrueOrFalse(): PropertyDecorator {
  return validationRule('isYesOrNo', (value) => (typeof value === 'boolean' ? null : 'must be true or false'));
}

/** A calendar day, `YYYY-MM-DD`. */
export function IsDay(): PropertyDecorator {
  const exists = (day: string) => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  const isDay = (value: unknown) =>
    typeof value === 'string' && /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(value) && exists(value);
  return validationRule('isDay', (value) => (isDay(value) ? null : 'must be a day like 2026-12-31'));
}

/** A time in ISO 8601 with `Z`. */
export function IsUtcMoment(): PropertyDecorator {
  return validationRule('isUtcTime', (value) => {
    if (typeof value !== 'string') return 'must be a time like 2026-04-18T19:24:11Z';
    if (isUtcTime(value)) return null;
    if (hasOffset(value)) return 'must be in UTC with a Z at its end, like 2026-04-18T19:24:11Z, not with an offset';
    return 'must be a time like 2026-04-18T19:24:11Z';
  });
}

/**
 * A list of `min` to `max` different items.
 * @param findItemError the error of one item, or `null`
 */
export function IsListOf(min: number, max: number, findItemError: (item: unknown) => string | null): PropertyDecorator {
  return validationRule('isListOf', (value) => {
    if (!Array.isArray(value)) return 'must be a list';
    if (value.length < min || value.length > max) return `must have ${min} to ${max} items`;
    const itemError = value.map(findItemError).find((error) => error !== null);
    if (itemError) return `each item ${itemError}`;
    return new Set(value).size < value.length ? 'must not contain duplicates' : null;
  });
}

/**
 * A class-validator decorator.
 * @param findError the error of a value, without the name of the field, or `null`
 */
export function validationRule(name: string, findError: (value: unknown) => string | null): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (value) => findError(value) === null,
      defaultMessage: (args) => findError(args?.value) ?? 'is invalid',
    },
  });
}
