import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findCandidates, searchPool, type Wish } from '../../../src/account-pool/matching.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { anAccount } from '../../support/makers.js';

const wish: Wish = { vertical: '  Home   Coffee ', language: 'en-GB', geo: ['US', 'CA', 'GB'], sandbox: false };
const verticals = ['home coffee', 'tea'];

describe('matching the pool against a wish', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startTestApp();
    await anAccount(service, { handle: 'all.three', verticals, countries: ['CA', 'GB', 'US'], followers: 10 });
    await anAccount(service, {
      handle: 'two.big',
      verticals,
      language: 'en-US',
      countries: ['US', 'GB'],
      followers: 900,
    });
    await anAccount(service, { handle: 'two.small', verticals, countries: ['US', 'CA', 'FR'], followers: 800 });
    await anAccount(service, { handle: 'spanish', verticals, language: 'es', countries: ['US'], followers: 5_000 });
    await anAccount(service, { handle: 'far.away', verticals, countries: ['FR'], followers: 4_000 });
    await anAccount(service, { handle: 'only.tea', verticals: ['tea'], countries: ['US'] });
    await anAccount(service, { handle: 'warming', verticals, status: 'warming' });
    await anAccount(service, { handle: 'resting', verticals, status: 'quarantined' });
  });
  afterAll(() => service.close());

  it('puts what fits first: wishes met, share of countries, followers; then what is near', async () => {
    const found = await findCandidates(service.dataSource.manager, wish);
    expect(found.map(({ handle, fits }) => [handle, fits])).toEqual([
      ['all.three', true],
      ['two.big', true],
      ['two.small', true],
      ['spanish', false],
      ['far.away', false],
    ]);
  });

  it('says why in words and marks', async () => {
    const found = await findCandidates(service.dataSource.manager, wish);
    const reasonsOf = (handle: string) => found.find((candidate) => candidate.handle === handle)!.reasons;
    expect(reasonsOf('all.three')).toEqual([
      '✓ home coffee',
      '~ English, close to English (United Kingdom)',
      '✓ United States, Canada, United Kingdom',
    ]);
    expect(reasonsOf('two.big')).toEqual([
      '✓ home coffee',
      '~ English (United States), close to English (United Kingdom)',
      '✓ United States, United Kingdom (2 of 3 countries)',
    ]);
    expect(reasonsOf('spanish')[1]).toBe('✕ Spanish, not English (United Kingdom)');
    expect(reasonsOf('far.away')[2]).toBe('✕ France, not United States, Canada, United Kingdom');
  });

  it('meets every wish that is not stated', async () => {
    const anything = { vertical: 'tea', language: null, geo: null, sandbox: false };
    const found = await findCandidates(service.dataSource.manager, anything);
    expect(found.every(({ fits, reasons }) => fits && reasons.length === 1)).toBe(true);
    expect(found).toHaveLength(6);
  });

  it('finds the rest of the pool by handle, vertical, language or country', async () => {
    const handles = async (text: string) =>
      (await searchPool(service.dataSource.manager, wish, text)).map(({ handle }) => handle);
    expect(await handles('@ONLY')).toEqual(['only.tea']);
    expect(await handles('tea fr')).toEqual(['two.small', 'far.away']);
    expect(await handles('es')).toContain('spanish');
    expect(await handles("%_' OR 1=1")).toEqual([]);
    expect(await handles('warming')).toEqual([]);
  });
});
