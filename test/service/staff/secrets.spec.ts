import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Clock } from '../../../src/core/clock.js';
import { SecretBox } from '../../../src/core/secret-box.js';
import { toSealPurpose } from '../../../src/staff/second-factor.js';
import { Pruner } from '../../../src/core/pruner.js';
import { SignInLimits, TooManySignIns } from '../../../src/staff/sign-in-limits.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aStaffMember } from '../../support/makers.js';
import { storedSecrets } from './stored-secrets.js';

const [old, present, unknown] = ['o', 'p', 'u'].map((letter) => letter.repeat(32)) as [string, string, string];

let service: TestApp;
beforeAll(async () => {
  service = await startTestApp();
});
afterAll(() => service.close());

describe('stored secrets', () => {
  const check = (...secretsKeys: string[]) => storedSecrets(service, ...secretsKeys).assertAllOpen();
  async function aFactor(key: string, day: string): Promise<void> {
    const { staffId } = await aStaffMember(service, 'operator');
    const sealed = new SecretBox({ secretsKeys: [key] }).seal('ABC', toSealPurpose(staffId));
    await service.dataSource.query(
      'INSERT INTO staff_second_factor (staff_id, id, sealed_secret, last_step, created_at) VALUES ($1, $2, $3, 0, $4)',
      [staffId, randomUUID(), sealed, day],
    );
  }

  it('are looked at where there are any, and it is told of what time the missing key is', async () => {
    await check(unknown);
    await aFactor(old, '2026-01-05');
    await check(old);
    await expect(check(present)).rejects.toThrow(
      /lacks the key that was the first on 2026-01-05, when 1 second factor of \d was set up/,
    );
    await aFactor(old, '2026-02-07');
    await aFactor(present, '2026-03-01');
    await check(present, old);
    await expect(check(present)).rejects.toThrow(
      /lacks the key that was the first from 2026-01-05 to 2026-02-07, when 2 second factors of 3 were set up/,
    );
    await expect(check(unknown)).rejects.toThrow(/3 second factors of 3/);
  });
});

describe('the cookie of a device', () => {
  const limitsUnder = (...sessionSecrets: string[]) =>
    new SignInLimits(service.dataSource, service.app.get(Pruner), service.app.get(Clock, { strict: false }), {
      ...service.settings,
      sessionSecrets,
    });
  const email = 'ada@example.com';
  const attempt = (device?: string) => ({ email, address: '192.0.2.1', device });

  beforeEach(() => service.dataSource.query('DELETE FROM sign_in_attempt'));

  it('is verified by every SESSION_SECRET and signed by the first', async () => {
    const cookie = limitsUnder(old).createDeviceCookie(email);
    for (let n = 0; n < 5; n += 1) await limitsUnder(old).count(attempt());
    await expect(limitsUnder(old).count(attempt())).rejects.toThrow(TooManySignIns);
    await limitsUnder(present, old).count(attempt(cookie));
    await expect(limitsUnder(present).count(attempt(cookie))).rejects.toThrow(TooManySignIns);
    await limitsUnder(present).count(attempt(limitsUnder(present, old).createDeviceCookie(email)));
  });
});
