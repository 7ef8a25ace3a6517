import { describe, expect, it } from '@jest/globals';
import { Layers, verifyWebhook, WebhookVerificationError } from '../../../../clients/typescript/src/index.js';
import { newSigningSecret, sign } from '../../../../src/webhooks/signature.js';
import { TEST_KEY } from '../../../support/typescript-client.js';

const secret = newSigningSecret();
const body = '{"id":"evt_1","type":"something.new","data":{"text":"grüße"}}';
const ago = (seconds: number, ...secrets: string[]) =>
  sign(secrets.length ? secrets : [secret], body, new Date(Date.now() - seconds * 1_000));
const named = (signature: string) => ({ 'x-layers-signature': signature });

describe('A webhook', () => {
  it('that is genuine gives its event, however it came', () => {
    const signature = ago(0);
    const headers = [
      new Headers(named(signature)),
      named(signature),
      { 'X-Layers-Signature': signature },
      { 'X-LAYERS-SIGNATURE': [signature] },
      { 'x-layers-signature': signature, other: undefined, many: ['a', 'b'] },
    ];
    for (const one of headers) expect(verifyWebhook(body, one, secret)).toMatchObject({ id: 'evt_1' });
    expect(verifyWebhook(Buffer.from(body), named(signature), secret)).toEqual(JSON.parse(body));
    expect(verifyWebhook(new TextEncoder().encode(body), named(signature), [secret]).type).toBe('something.new');
    expect(new Layers({ apiKey: TEST_KEY }).verifyWebhook(body, named(signature), secret).id).toBe('evt_1');
  });

  it('is genuine by any of its signatures and any of the secrets', () => {
    expect(verifyWebhook(body, named(ago(0, 'whsec_new', secret)), secret).id).toBe('evt_1');
    expect(verifyWebhook(body, named(ago(0, secret)), ['whsec_old', secret]).id).toBe('evt_1');
    expect(verifyWebhook(body, named(ago(299)), secret).id).toBe('evt_1');
    expect(verifyWebhook(body, named(ago(-298)), secret).id).toBe('evt_1');
    expect(verifyWebhook(body, named(ago(4_000)), secret, { toleranceSeconds: 5_000 }).id).toBe('evt_1');
  });

  it('is refused with a sentence where the body was parsed, or headers or secrets are missing', () => {
    const parsed = JSON.parse(body) as unknown as string;
    const signed = named(ago(0));
    const calls: [() => unknown, string][] = [
      [() => verifyWebhook(parsed, signed, secret), 'verifyWebhook takes the body as it came'],
      [() => verifyWebhook(undefined as never, signed, secret), 'verifyWebhook takes the body as it came'],
      [() => verifyWebhook(body, undefined as never, secret), 'verifyWebhook takes the headers of the webhook.'],
      [() => verifyWebhook(body, signed, undefined as never), 'The signing secret is empty.'],
    ];
    for (const [verify, sentence] of calls) {
      expect(verify).toThrow(TypeError);
      expect(verify).toThrow(sentence);
    }
  });

  const wrong: [string, string, Record<string, string>, string | string[]][] = [
    ['signature_missing', body, {}, secret],
    ['signature_malformed', body, named('t=x,v1=ab'), secret],
    ['signature_malformed', body, named('v1=ab'), secret],
    ['signature_malformed', body, named(ago(0).split(',')[0]!), secret],
    ['signature_malformed', body, named(`t=${'1'.repeat(5_000)},v1=a`), secret],
    ['signature_wrong', `${body} `, named(ago(0)), secret],
    ['signature_wrong', body, named(ago(0)), 'whsec_other'],
    ['signature_wrong', body, named(ago(0)), []],
    ['signature_wrong', body, named(ago(0).slice(0, -2)), secret],
    ['signature_wrong', body, named(`${ago(0).split(',')[0]},v1=é`), secret],
    ['signature_wrong', body, named(ago(0).replace('v1=', 'v0=a,v1=00,v1=00')), secret],
    ['too_old', body, named(ago(302)), secret],
    ['too_new', body, named(ago(-302)), secret],
    ['body_malformed', 'grüße', named(sign([secret], 'grüße', new Date())), secret],
  ];
  it.each(wrong)('is refused: %s', (reason, text, headers, secrets) => {
    let error: unknown;
    try {
      verifyWebhook(text, headers, secrets);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(WebhookVerificationError);
    expect(error).toMatchObject({ reason });
    expect((error as Error).message).not.toContain('whsec_');
  });

  it('is not verified with an empty secret', () => {
    expect(() => verifyWebhook(body, named(ago(0)), '')).toThrow('empty');
  });
});
