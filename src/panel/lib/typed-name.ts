import { toTextKey } from '../../core/text-key.js';

/** Why it is not confirmed yet; null when it is. */
export function getTypedNameError(what: string, name: string, typed: string): string | null {
  if (typed.trim() === '') return `Type ${what} first`;
  return toTextKey(typed) === toTextKey(name) ? null : `This is not ${what}`;
}
