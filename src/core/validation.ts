import { getMetadataStorage, ValidateBy, ValidateIf, validateSync } from 'class-validator';
import { isStorableText, isUtcTime } from './text.js';
import { ValidationFailed, type FieldError } from './errors.js';

/**
 * Reads the input of a service as the fields of `type`, whose class-validator decorators say what is allowed.
 * The panel and the command line send what they were given, so every field may be anything at all.
 * @throws ValidationFailed with every fault at once; unknown fields are faults too
 */
export function validated<Input extends object>(type: new () => Input, input: unknown): Input {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ValidationFailed([{ path: 'body', message: 'must be an object' }]);
  }
  const fields = fieldsOf(type);
  const faults: FieldError[] = Object.keys(input)
    .filter((name) => !fields.has(name))
    .map((name) => ({ path: toShownName(name), message: 'is not a known field' }));

  const read = new type();
  for (const name of fields) {
    const value: unknown = Object.hasOwn(input, name) ? (input as Record<string, unknown>)[name] : undefined;
    if (value !== undefined) Object.assign(read, { [name]: value });
  }
  // A type without fields is known too.
  for (const { property, constraints } of validateSync(read, { stopAtFirstError: true, forbidUnknownValues: false })) {
    const missing = !Object.hasOwn(read, property) || read[property as keyof Input] === undefined;
    const messages = missing ? ['is required'] : Object.values(constraints ?? {});
    faults.push(...messages.map((message) => ({ path: property, message })));
  }
  if (faults.length > 0) throw new ValidationFailed(faults);
  return read;
}

function fieldsOf(type: new () => object): Set<string> {
  const found = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return new Set(found.map((metadata) => metadata.propertyName));
}

/** A field name that somebody sent, safe to show. */
export function toShownName(name: string): string {
  return [...name]
    .slice(0, 100)
    .join('')
    .replace(/[\p{Surrogate}\0]/gu, '\ufffd');
}

/** May be left out. Unlike class-validator's `IsOptional` it lets no `null` through. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_owner, value) => value !== undefined);
}

/** May be left out or `null`, which means *none*. */
export function Nullable(): PropertyDecorator {
  return ValidateIf((_owner, value) => value !== undefined && value !== null);
}

/** What is wrong with a text of `least` to `most` code points after trimming, or `null`. */
export function findTextError(value: unknown, least: number, most: number): string | null {
  if (typeof value !== 'string') return 'must be text';
  if (!isStorableText(value)) return 'must not contain NUL or half a surrogate pair';
  // Four UTF-16 units are more than any code point takes: a huge text is refused without being counted.
  const length = value.length > 4 * most + 1_000 ? Infinity : [...value.trim()].length;
  if (length < least) return least === 1 ? 'must not be empty' : `must have at least ${least} characters`;
  return length > most ? `must have at most ${most} characters` : null;
}

/** A text of `least` to `most` code points, not counting white space around it. */
export function IsText(least: number, most: number): PropertyDecorator {
  return validationRule('isText', (value) => findTextError(value, least, most));
}

/** A whole number from `least` to `most`; `"5"` and `5.5` are refused. */
export function IsWholeNumber(least: number, most: number): PropertyDecorator {
  const message = `must be a whole number from ${least} to ${most}`;
  const fits = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
  return validationRule('isWholeNumber', (value) => (fits(value) ? null : message));
}

/** One of the texts in `allowed`. */
export function IsOneOf(allowed: readonly string[]): PropertyDecorator {
  const message = `must be one of ${allowed.join(', ')}`;
  return validationRule('isOneOf', (value) => (typeof value === 'string' && allowed.includes(value) ? null : message));
}

/** `true` or `false` themselves; no text or number stands for them. */
export function IsTrueOrFalse(): PropertyDecorator {
  return validationRule('isYesOrNo', (value) => (typeof value === 'boolean' ? null : 'must be true or false'));
}

/** A day of the calendar, `YYYY-MM-DD`. */
export function IsDay(): PropertyDecorator {
  const exists = (day: string) => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  const isDay = (value: unknown) =>
    typeof value === 'string' && /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(value) && exists(value);
  return validationRule('isDay', (value) => (isDay(value) ? null : 'must be a day like 2026-12-31'));
}

/** A moment, ISO 8601 with `Z`. */
export function IsUtcMoment(): PropertyDecorator {
  return validationRule('isUtcTime', (value) =>
    typeof value === 'string' && isUtcTime(value) ? null : 'must be a time like 2026-04-18T19:24:11Z',
  );
}

/** A list of `least` to `most` different items, each without a fault by `itemFault`. */
export function IsListOf(least: number, most: number, itemFault: (item: unknown) => string | null): PropertyDecorator {
  return validationRule('isListOf', (value) => {
    if (!Array.isArray(value)) return 'must be a list';
    if (value.length < least || value.length > most) return `must have ${least} to ${most} items`;
    const fault = value.map(itemFault).find((found) => found !== null);
    if (fault) return `each item ${fault}`;
    return new Set(value).size < value.length ? 'must not name anything twice' : null;
  });
}

/** A decorator of our own: `faultOf` tells what is wrong with a value, without the field's name, or `null`. */
export function validationRule(name: string, faultOf: (value: unknown) => string | null): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (value) => faultOf(value) === null,
      defaultMessage: (args) => faultOf(args?.value) ?? 'is invalid',
    },
  });
}
