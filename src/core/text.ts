/** Whether the text can be stored and shown: PostgreSQL takes no NUL, JSON no lone surrogate. */
export function isStorableText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}

/** Of {@link isStorableText}, for the API reference. */
export const STORABLE_TEXT_PATTERN = '^[^\\u0000\\uD800-\\uDFFF]*$';

export const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/** Whether the text ends in an offset from UTC. In a query an unescaped `+` arrives as a space. */
export function hasOffset(time: string): boolean {
  return /T[\d:.]+[+ -]\d\d(:?\d\d)?$/.test(time);
}

/** Whether the text is a time in ISO 8601 with `Z`. 30 February is refused; JavaScript would read it as 2 March. */
export function isUtcTime(text: string): boolean {
  const time = UTC_TIME.test(text) ? new Date(text) : null;
  return time !== null && !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === text.slice(0, 19);
}
