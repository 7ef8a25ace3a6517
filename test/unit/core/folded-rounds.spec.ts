import { describe, expect, it } from '@jest/globals';
import { FoldedRounds } from '../../../src/core/folded-rounds.js';

/** Rounds that end when they are told to. */
function heldRounds(gatherMs = 0) {
  const begun: { items: string[]; end: () => void; fail: (error: Error) => void }[] = [];
  const rounds = new FoldedRounds<string>(
    (items) => new Promise((end, fail) => begun.push({ items, end, fail })),
    gatherMs,
  );
  /** Lets everything run that waits for nothing else. */
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return { rounds, begun, settle };
}

describe('Folded rounds', () => {
  it('handle together, in the next round, whatever comes while one runs', async () => {
    const { rounds, begun, settle } = heldRounds();
    const first = rounds.add('a');
    await settle();
    const later = [rounds.add('b'), rounds.add('c')];
    await settle();
    expect(begun.map(({ items }) => items)).toEqual([['a']]);
    begun[0]!.end();
    await first;
    while (begun.length < 2) await settle();
    expect(begun[1]!.items).toEqual(['b', 'c']);
    begun[1]!.end();
    await Promise.all(later);
    const last = rounds.add('d');
    while (begun.length < 3) await settle();
    begun[2]!.end();
    await last;
    expect(begun.map(({ items }) => items)).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('go on after a round that failed, whose items alone are told so', async () => {
    const { rounds, begun, settle } = heldRounds();
    const failed = Promise.all([rounds.add('a'), rounds.add('b')]);
    await settle();
    const next = rounds.add('c');
    begun[0]!.fail(new Error('no database'));
    await expect(failed).rejects.toThrow('no database');
    while (begun.length < 2) await settle();
    begun[1]!.end();
    await next;
    expect(begun.map(({ items }) => items)).toEqual([['a', 'b'], ['c']]);
  });

  it('gather for a while what comes after a round, where some came during it', async () => {
    const { rounds, begun, settle } = heldRounds(500);
    const first = rounds.add('a');
    await settle();
    const second = rounds.add('b');
    begun[0]!.end();
    await first;
    await settle();
    const third = rounds.add('c');
    while (begun.length < 2) await settle();
    expect(begun[1]!.items).toEqual(['b', 'c']);
    begun[1]!.end();
    await Promise.all([second, third]);
  });

  it('wait for nothing where each item comes after the round of the one before', async () => {
    const handled: string[] = [];
    const hour = 3_600_000;
    const rounds = new FoldedRounds<string>(async (items) => void handled.push(...items), hour);
    for (const item of ['a', 'b', 'c']) await rounds.add(item);
    expect(handled).toEqual(['a', 'b', 'c']);
  });
});
