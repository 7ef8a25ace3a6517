/** Whether a text can be stored and shown: PostgreSQL takes no NUL, JSON no lone surrogate. */
export function isCleanText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0');
}
