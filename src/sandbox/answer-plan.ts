import { toTextKey } from '../core/text-key.js';

/** An open request of a sandbox, as far as its next answer depends on it. */
export interface AnsweredRequest {
  vertical: string;
  count: number;
  assignedCount: number;
  submittedAt: Date;
  isBlocked: boolean;
  /** Whether the sandbox has blocked it before: the partner has replied since. */
  wasBlocked: boolean;
}

export type AnswerKind = 'assign' | 'closeShort' | 'reject' | 'block';

/** What a sandbox does next with a request, and when by its own clock. */
export interface Answer {
  kind: AnswerKind;
  dueAt: Date;
}

/** Verticals that a partner asks for to see another answer than all accounts at once. */
export const answeringVerticals = {
  partial: 'sandbox-partial',
  reject: 'sandbox-reject',
  slow: 'sandbox-slow',
  blocked: 'sandbox-blocked',
} as const;

/** Between two accounts of a slow request. */
const SLOW_MS = 20_000;

/** The same request gets the same answers. @returns `null` while it waits for its partner */
export function planAnswer(request: AnsweredRequest): Answer | null {
  const { count, assignedCount, submittedAt } = request;
  if (request.isBlocked) return null;
  const atOnce = (kind: AnswerKind): Answer => ({ kind, dueAt: submittedAt });
  switch (toTextKey(request.vertical)) {
    case answeringVerticals.reject:
      return atOnce('reject');
    case answeringVerticals.partial:
      // One account alone cannot be closed short.
      return atOnce(count > 1 && assignedCount >= Math.floor(count / 2) ? 'closeShort' : 'assign');
    case answeringVerticals.slow:
      return { kind: 'assign', dueAt: new Date(submittedAt.getTime() + (assignedCount + 1) * SLOW_MS) };
    case answeringVerticals.blocked:
      return atOnce(request.wasBlocked ? 'assign' : 'block');
    default:
      return atOnce('assign');
  }
}
