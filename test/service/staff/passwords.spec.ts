import { expect, it } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import { hashPassword, verifyPassword } from '../../../src/staff/passwords.js';
import { shippedHashingCost } from '../../support/app.js';

it('hashes a password by argon2id with 19 MiB and two passes', async () => {
  const shipped = await hash('a password', shippedHashingCost);
  expect(shipped).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await verifyPassword(shipped, 'a password')).toBe(true);
  expect(await verifyPassword(shipped, 'another one')).toBe(false);
  expect(await verifyPassword(null, 'a password')).toBe(false);
});

it('verifies a hash by the cost that it was made with', async () => {
  expect(await verifyPassword(await hashPassword('a password'), 'a password')).toBe(true);
});
