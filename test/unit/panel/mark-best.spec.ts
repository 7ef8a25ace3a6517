import { describe, expect, it } from '@jest/globals';
import { findBest } from '../../../src/panel/features/request/mark-best.js';
import type { Candidate, RequestView } from '../../../src/panel/features/request/types.js';

const candidate = (socialAccountId: string, more: Partial<Candidate> = {}) =>
  ({
    socialAccountId,
    fits: true,
    releasedByPartnerAt: null,
    replacedForPartnerAt: null,
    uncheckedSince: null,
    ...more,
  }) as Candidate;
const view = (count: number, cover: Partial<NonNullable<RequestView['cover']>> = {}) =>
  ({
    request: { count, assignedCount: 1 },
    cover: { walletCovers: 9, walletCoversAlone: 9, poolFits: 9, poolFitsAlone: 9, ...cover },
  }) as RequestView;
const ids = (found: { accounts: Candidate[] }) => found.accounts.map(({ socialAccountId }) => socialAccountId);

describe('The best accounts', () => {
  it('leave out what has a warning: what does not fit, was with this partner, or is not checked since it was released', () => {
    const day = '2026-01-02T00:00:00.000Z';
    const offered = [
      candidate('unchecked', { uncheckedSince: day }),
      candidate('good'),
      candidate('released', { releasedByPartnerAt: day }),
      candidate('replaced', { replacedForPartnerAt: day }),
      candidate('unfit', { fits: false }),
    ];
    const best = findBest(view(6), offered, []);
    expect(ids(best)).toEqual(['good']);
    expect(best.stoppedBecause).toBe('no other account in the list fits without a warning');
  });

  it.each([
    [view(3), ['a', 'b'], 'no more are wanted'],
    [view(6, { walletCovers: 1 }), ['a'], 'the wallet covers no more after earlier requests'],
    [view(6, { poolFits: 1, poolFitsAlone: 1 }), ['a'], 'the pool has no more'],
    [view(6, { walletCovers: 0, walletCoversAlone: 0 }), [], 'the wallet covers none'],
  ])('are as many as wanted, covered and in the pool (%#)', (shown, expected, because) => {
    const best = findBest(
      shown,
      ['a', 'b', 'c'].map((id) => candidate(id)),
      [],
    );
    expect([ids(best), best.stoppedBecause]).toEqual([expected, because]);
  });
});
