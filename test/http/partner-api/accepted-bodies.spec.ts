import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { LANGUAGE_PATTERN, toCanonicalLanguage } from '../../../src/core/languages.js';
import { ValidationFailed } from '../../../src/core/errors.js';
import {
  CancelLeaseRequestOfProject,
  NoteOnLeaseRequestOfProject,
} from '../../../src/lease-requests/dto/review-lease-request.js';
import { SubmitLeaseRequest } from '../../../src/lease-requests/dto/submit-lease-request.js';
import { ReleaseLeasedAccount } from '../../../src/leases/dto/leased-accounts.js';
import { getFields } from '../../../src/partner-api/validation/field.js';
import { readRequest } from '../../../src/partner-api/validation/valid-request.decorator.js';
import { eventTypes } from '../../../src/events/types.js';
import { RotateOwnKey } from '../../../src/partners/dto/api-keys.js';
import { MoveSandboxClock } from '../../../src/sandbox/dto/sandbox-clock.js';
import { TopUpSandbox } from '../../../src/sandbox/dto/sandbox-top-up.js';
import { ReplayRange } from '../../../src/webhooks/dto/deliveries.js';
import { CreateEndpoint, UpdateEndpoint } from '../../../src/webhooks/dto/endpoints.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';

const projectId = 'prj_254a4ce1-f4ca-42b1-9e36-17ca45ef3d39';

let service: TestApp;
/** By operation. */
const validators: Record<string, ValidateFunction> = {};
const paths: Record<string, Record<string, Operation>> = {};
interface Operation {
  operationId: string;
  requestBody?: { content: Record<string, { schema: { $ref: string }; examples: Record<string, { value: object }> }> };
}

beforeAll(async () => {
  service = await startTestApp();
  const reference = (await call(service, 'GET', '/docs/openapi.json')).body;
  Object.assign(paths, reference.paths);
  const ajv = new Ajv2020({ strict: false });
  (addFormats as unknown as { default: (ajv: Ajv2020) => void }).default(ajv);
  ajv.addSchema(reference, 'reference');
  for (const { operationId, requestBody } of operations()) {
    if (!requestBody) continue;
    validators[operationId] = ajv.compile({ $ref: `reference${requestBody.content['application/json']!.schema.$ref}` });
  }
});
afterAll(() => service.close());

const operations = () => Object.values(paths).flatMap((path) => Object.values(path));

const codeUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
  .map((units) => String.fromCharCode(...units));
/** Around the limits of a text of `max`, and texts of any code units. */
const aText = (max: number) =>
  usually(fc.string({ minLength: 1, unit: fc.constantFrom('a', 'ß', '😀', '-') }), anyText(max));
const anyText = (max: number) =>
  fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    codeUnits,
    fc.constantFrom('', ' ', '\t x \u00a0', '\ufeff', '\0', 'a\0', '\ud800', 'a\udc00b', '😀', '\n\n'),
    fc
      .record({ unit: fc.constantFrom('x', '😀', ' '), length: fc.integer({ min: max - 1, max: max + 1 }) })
      .map(({ unit, length }) => unit.repeat(length)),
    fc.integer({ min: max - 2, max }).map((length) => `  x${'y'.repeat(length)} \u2003`),
  );
const junk = fc.constantFrom<unknown>(null, true, 0, 1, -1, 50, 51, 5.5, 1e300, '', '5', [], {}, [null], { a: 1 });
/** Of a body with many fields each has to be good most of the time, else none is accepted. */
const usually = <T>(good: fc.Arbitrary<T>, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: good }, { weight: 1, arbitrary: other });
const mostly = (good: fc.Arbitrary<unknown>) => usually(good, junk);
const subtag = fc.stringMatching(/^[A-Za-z0-9]{1,9}$/);
const aTag = fc.oneof(
  fc.constantFrom(
    'en',
    'EN-us',
    'zh-Hant-TW',
    'i-klingon',
    'I-KLINGON',
    'x-private',
    'en-GB-oed',
    'sgn-BE-FR',
    'zh-min-nan',
  ),
  fc.constantFrom(
    'english',
    'en_US',
    '',
    'i-x',
    'x',
    'de-a',
    'de-1996',
    'sl-rozaj-biske',
    'en-u-ca-gregory-x-a',
    'ar-arb-x-1',
  ),
  fc.array(subtag, { minLength: 1, maxLength: 5 }).map((subtags) => subtags.join('-')),
  fc
    .array(fc.constantFrom('en', 'abc', 'Latn', 'US', '419', 'abcde', '1abc', 'a', 'x', 'u', '1', 'toolongtag'), {
      maxLength: 7,
    })
    .map((subtags) => ['de', ...subtags].join('-')),
);
const someName = fc.oneof(fc.constantFrom('colour', 'constructor', 'toString'), fc.string());
const someOf = (required: string[], fields: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .tuple(
      fc.oneof(
        { weight: 9, arbitrary: fc.record(fields, { requiredKeys: required }) },
        { weight: 1, arbitrary: fc.record(fields, { requiredKeys: [] }) },
      ),
      fc.oneof({ weight: 15, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.tuple(someName, junk) }),
    )
    .map(([body, extra]) => (extra ? { ...body, [extra[0]]: extra[1] } : body));

const aCountry = fc.oneof(
  fc.constantFrom('US', 'GB', 'CA', 'XK', 'UK', 'EU', 'us', 'XX', 'USA', ''),
  fc.stringMatching(/^[A-Z]{2}$/),
);
const aCountryOfOurs = fc.constantFrom<unknown>('US', 'GB', 'CA', 'DE');
const aNiche = someOf(['vertical'], {
  vertical: mostly(aText(100)),
  audience: mostly(aText(500)),
  language: mostly(usually(fc.constantFrom('en', 'pt-BR', 'I-KLINGON'), aTag)),
  geo: mostly(
    usually(fc.uniqueArray(mostly(usually(aCountryOfOurs, aCountry)), { maxLength: 3 }), fc.array(aCountryOfOurs)),
  ),
});
const aMetadata = fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', '__proto__'), aText(40)), mostly(aText(500)), {
  maxKeys: 4,
});
const aRequestId = fc.oneof(
  fc.constantFrom('a', 'lreq_1', 'lreq-1', 'a b', '.a', 'a.b_c:d-e', 'x'.repeat(64), 'x'.repeat(65), 'Ж'),
  fc.string(),
);

/** No schema says which addresses are private, nor which of two times is the later. */
const aWebhookUrl = fc.oneof(
  fc.constantFrom(
    'https://hooks.example/layers',
    'HTTPS://Hooks.example:8443',
    'http://localhost:4000/a?b#c',
    'http://[::1]/',
  ),
  fc.constantFrom(
    '',
    'https://',
    'http://hooks.example/',
    'https://a b.example/',
    'https://u:p@hooks.example/',
    'ftp://hooks.example',
  ),
  fc.integer({ min: 2047, max: 2049 }).map((length) => 'https://hooks.example/'.padEnd(length, 'x')),
);
const someEvents = fc.array(mostly(fc.constantFrom(...eventTypes)), { maxLength: 52 });
const aTime = (times: string[]) =>
  mostly(
    usually(
      fc.constantFrom(...times),
      fc.constantFrom('2027-03-01', '2027-03-01T12:00:00+01:00', '2027-02-30T12:00:00Z'),
    ),
  );
const endpointFields = {
  url: mostly(aWebhookUrl),
  events: mostly(someEvents),
  description: mostly(aText(500)),
  metadata: mostly(aMetadata),
};

const bodies: [operationId: string, type: Parameters<typeof readRequest>[0], body: fc.Arbitrary<unknown>][] = [
  [
    'requestLeasedAccounts',
    SubmitLeaseRequest,
    someOf(['projectId', 'count', 'niche'], {
      projectId: mostly(usually(fc.constant(projectId), fc.constantFrom('prj_1', projectId.slice(4)))),
      count: mostly(usually(fc.integer({ min: 1, max: 50 }), fc.integer({ min: -1, max: 52 }))),
      niche: mostly(aNiche),
      target: mostly(aText(2000)),
      note: mostly(aText(2000)),
      metadata: mostly(aMetadata),
      requestId: mostly(usually(fc.stringMatching(/^[a-z0-9][a-z0-9._:-]{0,9}$/), aRequestId)),
    }),
  ],
  ['addProjectLeaseRequestNote', NoteOnLeaseRequestOfProject, someOf(['body'], { body: mostly(aText(2000)) })],
  ['cancelProjectLeaseRequest', CancelLeaseRequestOfProject, someOf([], { reason: mostly(aText(500)) })],
  ['releaseLeasedAccount', ReleaseLeasedAccount, someOf([], { reason: mostly(aText(500)) })],
  [
    'createWebhookEndpoint',
    CreateEndpoint,
    someOf(['url', 'events'], {
      ...endpointFields,
      projectId: mostly(usually(fc.constant(projectId), fc.constantFrom('prj_1'))),
      scope: mostly(fc.constantFrom('own', 'all_children', 'all')),
    }),
  ],
  [
    'updateWebhookEndpoint',
    UpdateEndpoint,
    someOf([], { ...endpointFields, status: mostly(fc.constantFrom('active', 'paused', 'auto_paused')) }),
  ],
  [
    'moveSandboxClock',
    MoveSandboxClock,
    someOf(['to'], { to: aTime(['2027-03-01T12:00:00Z', '2027-03-01T12:00:00.000Z']) }),
  ],
  [
    'topUpSandbox',
    TopUpSandbox,
    someOf(['amountCents'], {
      amountCents: mostly(fc.oneof(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 9_999_999, max: 10_000_001 }))),
    }),
  ],
  [
    'rotateApiKey',
    RotateOwnKey,
    someOf([], {
      graceSeconds: mostly(fc.oneof(fc.integer({ min: -1, max: 1 }), fc.integer({ min: 86_399, max: 86_401 }))),
    }),
  ],
  [
    'replayWebhookDeliveries',
    ReplayRange,
    someOf(['since', 'until'], {
      since: aTime(['2027-03-01T12:00:00Z', '2027-03-01T12:00:00.000Z']),
      until: aTime(['2027-03-01T12:00:00Z', '2027-03-02T00:00:00.123Z']),
    }),
  ],
];

function isAccepted(type: Parameters<typeof readRequest>[0], body: unknown): boolean {
  const all: Record<string, string> = { projectId, requestId: 'a', socialAccountId: projectId.replace('prj', 'sa') };
  Object.assign(all, { endpointId: projectId.replace('prj', 'whe'), apiKeyId: projectId.replace('prj', 'key') });
  const params = Object.fromEntries(
    (type.parts.path ? getFields(type.parts.path) : []).map(({ name }) => [name, all[name]]),
  );
  try {
    const route = { path: '/' };
    readRequest(type, { params, query: {}, headers: {}, body, method: 'POST', route } as never);
    return true;
  } catch (error) {
    if (error instanceof ValidationFailed) return false;
    throw error;
  }
}

describe('the schema of a body', () => {
  it.each(bodies)('accepts what the service accepts, and nothing else: %s', (operationId, type, body) => {
    const outcomes = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(fc.oneof({ weight: 30, arbitrary: body }, { weight: 1, arbitrary: junk }), (made) => {
        // As it arrives.
        const sent: unknown = JSON.parse(JSON.stringify(made));
        const accepted = isAccepted(type, sent);
        outcomes[accepted ? 'accepted' : 'refused'] += 1;
        expect(validators[operationId]!(sent)).toBe(accepted);
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(outcomes.accepted, outcomes.refused)).toBeGreaterThan(100);
  });

  it('is there for every route with a body', () => {
    const known = bodies.map(([operationId]) => operationId);
    const others = Object.keys(validators).filter((operationId) => !known.includes(operationId));
    // They have the bodies of the same routes below a project.
    expect(others.sort()).toEqual(['addLeaseRequestNote', 'cancelLeaseRequest']);
  });

  it('says of each language tag what the library says', () => {
    const pattern = new RegExp(LANGUAGE_PATTERN, 'u');
    fc.assert(
      fc.property(aTag, (tag) => expect(pattern.test(tag)).toBe(toCanonicalLanguage(tag) !== null)),
      { numRuns: 10_000 },
    );
  });

  it('has an example that is accepted', () => {
    for (const { operationId, requestBody } of operations().filter((one) => one.requestBody)) {
      const { examples } = requestBody!.content['application/json']!;
      for (const { value } of Object.values(examples)) {
        expect([operationId, value, validators[operationId]!(value)]).toEqual([operationId, value, true]);
        expect(value).not.toHaveProperty('requestId');
      }
    }
  });
});
