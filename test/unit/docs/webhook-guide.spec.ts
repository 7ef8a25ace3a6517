import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { newSigningSecret, sign } from '../../../src/webhooks/signature.js';
import { readBlocks } from '../../support/documents/blocks.js';
import { toJavaScript } from '../../support/documents/reader.js';
import { hasPython } from '../../support/documents/readers.js';

/** What the guide shows for who has no client. */
const code = readBlocks('docs/partner/webhooks.md').filter(({ heading }) => heading === 'Without a client');
const readCode = (language: string) => code.find((block) => block.language === language)!.text;

const secret = newSigningSecret();
const body = '{"id":"evt_1","data":{"text":"grüße"}}';
const at = new Date('2026-04-18T19:24:11Z');
const now = at.getTime() / 1_000;
const signature = sign(['whsec_new', secret], body, at);
/** Secret, signature, body, time; whether it is genuine. */
const cases: [string, string, string, number, boolean][] = [
  [secret, signature, body, now, true],
  [secret, signature, body, now + 299, true],
  [secret, sign([secret], body, at), body, now - 299, true],
  [secret, signature, body, now + 301, false],
  [secret, signature, `${body} `, now, false],
  ['whsec_other', signature, body, now, false],
  [secret, signature.replace('t=', 't=1'), body, now, false],
  [secret, 't=x,v1=', body, now, false],
  [secret, 't=²,v1=a', body, now, false],
  [secret, `t=${'1'.repeat(5_000)},v1=a`, body, now, false],
  [secret, '', body, now, false],
  [secret, `t=${now},v1=é`, body, now, false],
];

describe('The code of the guide to webhooks', () => {
  it('verifies signatures in TypeScript', async () => {
    const file = `tmp/webhook-guide-${process.pid}.mjs`;
    fs.mkdirSync('tmp', { recursive: true });
    fs.writeFileSync(file, toJavaScript(readCode('ts')));
    const { isFromLayers } = (await import(`${process.cwd()}/${file}`)) as {
      isFromLayers: (...call: unknown[]) => boolean;
    };
    fs.rmSync(file);
    expect(cases.map(([key, header, text, time]) => isFromLayers(key, header, text, time))).toEqual(
      cases.map((one) => one[4]),
    );
  });

  it('verifies signatures in Python', () => {
    if (!hasPython()) return;
    const calls = `import json, sys\nprint(json.dumps([is_from_layers(s, h, b.encode(), n) for s, h, b, n, _ in json.load(sys.stdin)]))\n`;
    const ran = spawnSync('python3', ['-c', `${readCode('python')}\n${calls}`], {
      input: JSON.stringify(cases),
      encoding: 'utf8',
    });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    expect(JSON.parse(ran.stdout)).toEqual(cases.map((one) => one[4]));
  });
});
