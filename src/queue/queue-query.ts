import { isStorableText } from '../core/text.js';
import { ValidationFailed, type FieldError } from '../core/errors.js';
import { blockerKinds, type BlockerKind } from '../lease-requests/lease-request-status.js';

export const queueViews = ['all', 'mine', 'unclaimed', 'overdue', 'blocked', 'wallet-short'] as const;
export type QueueView = (typeof queueViews)[number];

/** What of the queue is asked for; filters combine. */
export interface QueueQuery {
  view: QueueView;
  cursor?: string;
  /** In a request's id, its partner's name, its vertical or the handle of an account that it holds. */
  q?: string;
  blocker?: BlockerKind;
  /** Whether somebody holds it now. */
  claimed?: 'yes' | 'no';
  /** A vertical, with everything that staff have mapped to it. */
  vertical?: string;
  /** `en` is every English, `en-GB` that one alone, `any` those that wish no language. */
  language?: string;
  /** An organisation's id, or part of a partner's name. */
  partner?: string;
}

/** Everything that an address may ask of the queue. */
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
const texts = ['q', 'vertical', 'language', 'partner'] as const;

/** Reads what an address asks for; what is left empty is not asked. @throws ValidationFailed with every fault */
export function readQueueQuery(given: Record<string, unknown>): QueueQuery {
  const faults: FieldError[] = [];
  const text = (name: string, longest = MAX_LENGTH): string | undefined => {
    const value = given[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (Array.isArray(value)) {
      faults.push({ path: `query.${name}`, message: 'may be given once' });
      return undefined;
    }
    if (!isStorableText(value) || value.length > longest) {
      faults.push({ path: `query.${name}`, message: `must be text of at most ${longest} characters` });
      return undefined;
    }
    return value.trim() || undefined;
  };
  const oneOf = <Name extends string>(name: string, known: readonly Name[]): Name | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    const found = known.find((one) => one === value);
    if (!found) faults.push({ path: `query.${name}`, message: `must be one of ${known.join(', ')}` });
    return found;
  };
  const view = oneOf('view', queueViews) ?? 'all';
  const blocker = oneOf('blocker', blockerKinds);
  const claimed = oneOf('claimed', ['yes', 'no']);
  const cursor = text('cursor', 500);
  const [q, vertical, language, partner] = texts.map((name) => text(name));
  if (faults.length > 0) throw new ValidationFailed(faults);
  return { view, cursor, blocker, claimed, q, vertical, language, partner };
}
