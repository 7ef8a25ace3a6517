import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { newSigningSecret, sign } from '../../../src/webhooks/signature.js';

const secret = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
const body = '{"id":"evt_01HXZR7K8M2P4RSTVW56789ABC","type":"test.ping","data":{"text":"grüße"}}';
const at = new Date('2026-04-18T19:24:11.900Z');

describe('The signature', () => {
  // As OpenSSL computes it: printf %s "1776540251.$body" | openssl dgst -sha256 -hmac "$secret"
  it('is the one that a receiver computes', () => {
    const expected = createHmac('sha256', Buffer.from(secret, 'utf8'))
      .update(Buffer.from(`1776540251.${body}`))
      .digest('hex');
    expect(sign([secret], body, at)).toBe(`t=1776540251,v1=${expected}`);
    expect(expected).toBe('b95edbc49d86f08c8713af1dd202b17764427a73c6e1df3ea334829493e36879');
  });

  it('has one part for each secret, the newest first', () => {
    const [both, newest, previous] = [
      sign([secret, 'whsec_old'], body, at),
      sign([secret], body, at),
      sign(['whsec_old'], body, at),
    ];
    expect(both).toBe(`${newest},${previous.split(',')[1]}`);
  });

  it('has a secret of 32 random bytes', () => {
    expect(newSigningSecret()).toMatch(/^whsec_[\w-]{43}$/);
    expect(newSigningSecret()).not.toBe(newSigningSecret());
  });
});
