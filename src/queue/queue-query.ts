import { isStorableText } from '../core/text.js';
import { hasVisibleText } from '../core/text-key.js';
import { ValidationFailed, type FieldError } from '../core/errors.js';
import { blockerKinds, type BlockerKind } from '../lease-requests/lease-request-status.js';

export const queueViews = ['all', 'mine', 'unclaimed', 'overdue', 'blocked', 'wallet-short'] as const;
export type QueueView = (typeof queueViews)[number];

/** The view and the filters, which combine. */
export interface QueueQuery {
  view: QueueView;
  cursor?: string;
  /** Text in a request's id, its partner's name, its vertical or the handle of an account assigned to it. */
  q?: string;
  blocker?: BlockerKind;
  claimed?: 'yes' | 'no';
  /** A vertical, with the synonyms that staff have mapped to it. */
  vertical?: string;
  /** `en` matches every English, `en-GB` that one alone, `any` requests without a language. */
  language?: string;
  /** An organization's id, or part of a partner's name. */
  partner?: string;
}

/** The query parameters that an address of the queue may have. */
export const queueQueryNames = [
  'view',
  'cursor',
  'q',
  'blocker',
  'claimed',
  'vertical',
  'language',
  'partner',
] as const;

const MAX_LENGTH = 200;
const textFilters = ['q', 'vertical', 'language', 'partner'] as const;

/** @param params of an address; an empty one is ignored @throws ValidationFailed with every error */
export function readQueueQuery(params: Record<string, unknown>): QueueQuery {
  const errors: FieldError[] = [];
  const readText = (name: string, maxLength = MAX_LENGTH): string | undefined => {
    const value = params[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (Array.isArray(value)) {
      errors.push({ path: `query.${name}`, message: 'may be params once' });
      return undefined;
    }
    if (!isStorableText(value) || value.length > maxLength) {
      errors.push({ path: `query.${name}`, message: `must be text of at most ${maxLength} characters` });
      return undefined;
    }
    return hasVisibleText(value) ? value.trim() : undefined;
  };
  const readOneOf = <Value extends string>(name: string, allowed: readonly Value[]): Value | undefined => {
    const text = readText(name);
    if (text === undefined) return undefined;
    const value = allowed.find((one) => one === text);
    if (!value) errors.push({ path: `query.${name}`, message: `must be one of ${allowed.join(', ')}` });
    return value;
  };
  const view = readOneOf('view', queueViews) ?? 'all';
  const blocker = readOneOf('blocker', blockerKinds);
  const claimed = readOneOf('claimed', ['yes', 'no']);
  const cursor = readText('cursor', 500);
  const [q, vertical, language, partner] = textFilters.map((name) => readText(name));
  if (errors.length > 0) throw new ValidationFailed(errors);
  return { view, cursor, blocker, claimed, q, vertical, language, partner };
}
