import { describe, expect, it } from '@jest/globals';
import { planAnswer, type AnsweredRequest } from '../../../src/sandbox/answer-plan.js';

const submittedAt = new Date('2027-01-31T10:00:00Z');
const plan = (wishes: Partial<AnsweredRequest>) =>
  planAnswer({
    vertical: 'coffee',
    count: 3,
    assignedCount: 0,
    submittedAt,
    isBlocked: false,
    wasBlocked: false,
    ...wishes,
  });

describe('A sandbox answers', () => {
  it.each([
    [{}, 'assign'],
    [{ assignedCount: 2 }, 'assign'],
    [{ vertical: 'sandbox-reject' }, 'reject'],
    [{ vertical: '  Sandbox-REJECT ' }, 'reject'],
    [{ vertical: 'sandbox-partial' }, 'assign'],
    [{ vertical: 'sandbox-partial', assignedCount: 1 }, 'closeShort'],
    [{ vertical: 'sandbox-partial', count: 5, assignedCount: 1 }, 'assign'],
    [{ vertical: 'sandbox-partial', count: 5, assignedCount: 2 }, 'closeShort'],
    [{ vertical: 'sandbox-partial', count: 1 }, 'assign'],
    [{ vertical: 'sandbox-blocked' }, 'block'],
    [{ vertical: 'sandbox-blocked', wasBlocked: true }, 'assign'],
  ])('%j at once by %s', (wishes, kind) => {
    expect(plan(wishes)).toEqual({ kind, dueAt: submittedAt });
  });

  it('a slow request by an account every 20 seconds', () => {
    const dueAt = (assignedCount: number) => plan({ vertical: 'sandbox-slow', assignedCount })!.dueAt.toISOString();
    expect([dueAt(0), dueAt(1), dueAt(2)]).toEqual([
      '2027-01-31T10:00:20.000Z',
      '2027-01-31T10:00:40.000Z',
      '2027-01-31T10:01:00.000Z',
    ]);
  });

  it('nothing while it waits for the partner', () => {
    expect(plan({ vertical: 'sandbox-blocked', isBlocked: true, wasBlocked: true })).toBeNull();
  });
});
