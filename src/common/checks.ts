import { ValidationFailed, type FieldFault } from './errors.js';
import { MAX_CENTS } from './money.js';

/** What one look at one value found. The panel and the command line send raw values, so services look for themselves. */
type Finding = FieldFault | null;

/** @throws ValidationFailed listing every fault found */
export function checkInput(...findings: Finding[]): void {
  const faults = findings.filter((finding) => finding !== null);
  if (faults.length > 0) throw new ValidationFailed(faults);
}

/** Whether a text can be stored and shown: PostgreSQL takes no NUL, JSON no lone surrogate. */
export function isCleanText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}

/** A text of 1 to `most` code points that is not blank. */
export function mustBeText(path: string, value: unknown, most: number): Finding {
  if (!isCleanText(value)) return { path, message: 'must be a text' };
  const length = [...value].length;
  if (value.trim() === '' || length > most) return { path, message: `must have 1 to ${most} characters` };
  return null;
}

/** Like {@link mustBeText}, but it may be left out. */
export function mayBeText(path: string, value: unknown, most: number): Finding {
  return value === undefined ? null : mustBeText(path, value, most);
}

/** A whole number of cents, never 0, from `least` up to the largest amount the ledger takes. */
export function mustBeCents(path: string, value: unknown, least: number): Finding {
  if (!Number.isInteger(value) || value === 0 || (value as number) < least || (value as number) > MAX_CENTS) {
    return {
      path,
      message: `must be a whole number of cents${least >= 0 ? ' above 0' : ', not 0'}, at most ${MAX_CENTS}`,
    };
  }
  return null;
}

/** A whole number from `least` to `most`, which may be left out. */
export function mayBeInteger(path: string, value: unknown, least: number, most: number): Finding {
  if (value === undefined) return null;
  const fits = Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  return fits ? null : { path, message: `must be a whole number from ${least} to ${most}` };
}

export function mustBeOneOf(path: string, value: unknown, allowed: readonly string[]): Finding {
  return typeof value === 'string' && allowed.includes(value)
    ? null
    : { path, message: `must be one of ${allowed.join(', ')}` };
}

export function mayBeOneOf(path: string, value: unknown, allowed: readonly string[]): Finding {
  return value === undefined ? null : mustBeOneOf(path, value, allowed);
}

export function mustBeBoolean(path: string, value: unknown): Finding {
  return typeof value === 'boolean' ? null : { path, message: 'must be true or false' };
}
