import { errorMeanings, partnerErrorCodes } from '../partner-api/openapi/error-responses.js';
import { statusOfCode } from '../core/errors.js';
import { rateLimits } from '../partner-api/rate-limits.js';
import type { Route } from './api-document.js';
import { readGuideText } from './guides.js';

/** A section before the routes. */
export interface Topic {
  id: string;
  title: string;
  /** Below the title. */
  markdown: string;
}

/** Texts of the reference; tables of codes and limits come from the code, those of events and their verification from the guide. */
export function writeTopics(routes: Route[]): Topic[] {
  return [
    { id: 'overview', title: 'Overview', markdown: overview },
    { id: 'install', title: 'Install a client', markdown: install },
    { id: 'authentication', title: 'Authentication', markdown: authentication },
    { id: 'errors', title: 'Errors', markdown: `${errors}\n\n${toErrorTable()}\n\n${afterErrors}` },
    { id: 'idempotency', title: 'Idempotency', markdown: idempotency },
    { id: 'limits', title: 'Limits', markdown: `${limits}\n\n${toLimitTable()}\n\n${afterLimits}` },
    {
      id: 'pagination',
      title: 'Pagination',
      markdown: `${pagination}\n\n${toPageSizeTable(routes)}\n\n${afterPagination}`,
    },
    { id: 'webhooks', title: 'Webhooks', markdown: `${webhooks}\n\n${readWebhookSections()}` },
    { id: 'sandbox', title: 'Sandbox', markdown: sandbox },
    { id: 'changes', title: 'Changes', markdown: changes },
  ];
}

const overview = `
Layers leases warmed TikTok accounts. You ask for some in a niche, our team assigns accounts that fit to your project, and each is charged to your wallet by the month from its assignment on. This API is how a program asks, follows and releases.

1. Ask: [\`POST …/leased-accounts/request\`](#requestLeasedAccounts) answers at once with a \`requestId\`. Nothing is charged yet.
2. Wait: [poll the request](#getLeaseRequest) until its status is \`assigned\`, \`partial\` or \`rejected\`, or get a [webhook](#webhooks). People work on it, so it takes hours rather than seconds; in the [sandbox](#sandbox) it takes seconds.
3. Use: [list your accounts](#listLeasedAccounts), and [release](#releaseLeasedAccount) what you need no more.

All of it is JSON over HTTPS below this address:

\`\`\`
https://api.example/v1
\`\`\`

Times are ISO 8601 in UTC with \`Z\`. Money is a whole number of cents, USD. A body has at most 64 KiB. [The OpenAPI document](/docs/openapi.json) has all of this for generators; the guides at the left tell stories from beginning to end.
`;

const install = `
Both clients retry what may be retried, send the same Idempotency-Key each time, walk lists and verify webhooks. They take \`LAYERS_BASE_URL\` and \`LAYERS_API_KEY\` from the environment, as the samples in curl do.

\`\`\`sh
export LAYERS_BASE_URL=https://api.example LAYERS_API_KEY=lp_test_…
\`\`\`

TypeScript and JavaScript, Node 18 or later:

\`\`\`sh
npm install https://api.example/docs/clients/layers-partner.tgz
\`\`\`

Python 3.9 or later:

\`\`\`sh
pip install https://api.example/docs/clients/layers_partner-0.1.0-py3-none-any.whl
\`\`\`

Install them from here: packages of a similar name on public indexes are not ours.
`;

const authentication = `
Every call carries a key. \`lp_live_…\` keys act for real; \`lp_test_…\` keys belong to your [sandbox](#sandbox).

\`\`\`
Authorization: Bearer lp_<env>_<prefix>_<secret>
\`\`\`

A key has scopes: \`leased:write\` for everything about leased accounts and their requests, \`keys:write\` for [rotating keys and switching them off](/docs/guides/keys), \`*\` for all. What needs no scope any key may read. Keep keys on your servers; a browser would show them to everybody.

To try routes on this page, paste a key at the top, best one of your sandbox. It is in the memory of this tab alone: it lasts from page to page, is sent to this server only, and a reload or *Forget* removes it.

[\`GET /v1/whoami\`](#whoami) tells whose key it is and what it may do.
`;

const errors = `
Every error has the same body. Branch on \`code\`; \`message\` is for people and may change. \`requestId\` is the \`X-Request-Id\` of the answer: tell it to us, and we find the call.

\`\`\`json
{
  "error": {
    "code": "VALIDATION",
    "message": "count: must be a whole number from 1 to 50",
    "requestId": "req_01HXZR7K8M2P4RSTVW56789ABC",
    "details": { "fields": [{ "path": "count", "message": "must be a whole number from 1 to 50" }] }
  }
}
\`\`\`
`;

const afterErrors = `
\`VALIDATION\` lists every fault at once. A path names a field of the body as it is (\`niche.geo[1]\`), else begins with \`path.\`, \`query.\` or \`header.\`. What belongs to another organization is a 404.

Try again after \`RATE_LIMITED\`, \`UNAVAILABLE\`, \`INTERNAL\` and lost connections, with the same Idempotency-Key and after \`Retry-After\` where it is given. Trying \`KILL_SWITCH\`, \`BILLING_EXHAUSTED\` or \`CONFLICT\` again changes nothing by itself. New codes may come: take one that you do not know by its status.
`;

const idempotency = `
Send an \`Idempotency-Key\`, a UUID or ULID that you make, with every call that changes something. When the answer is lost, send the same call with the same key: if the first one was done you get its answer again, byte for byte, with \`Idempotent-Replayed: true\`; if not, it is done now. Nothing is done twice.

- A key is kept for 24 hours, for your whole organization: keys of yours that were rotated meanwhile do not matter.
- The same key with another body, path or method is \`409 CONFLICT\`.
- An error leaves nothing behind: after a top-up the same key is judged again.
- Two calls at once with one key: one does the work, the other waits and gets its answer.

Your own \`requestId\` of a lease request protects it for ever, with whatever key or none. The clients make a key for every write by themselves.
`;

const limits = `
Per key and class of routes: every GET is \`read-light\`, all else \`write-light\`. A window is the minute or the day in UTC; it is full again when the next one begins.
`;

const afterLimits = `
Each answer of a route to a key that it knows tells where you are: \`X-RateLimit-Limit\`, \`X-RateLimit-Remaining\`, \`X-RateLimit-Reset\` (Unix seconds) and \`X-RateLimit-Endpoint-Class\`. Over the limit it is \`429 RATE_LIMITED\` with \`Retry-After\` in seconds. Rotating a key does not refill it. Test keys have the limits of \`standard\`.
`;

const pagination = `
Lists answer \`items\` and \`nextCursor\`. Send it as \`cursor\` for the next page, with the same filters; it is null on the last one, except for events, where it is what you go on from later. \`limit\` is the size of a page: smaller for lists whose items are larger or gathered from several places, as requests with their accounts.

\`\`\`sh
curl "$LAYERS_BASE_URL/v1/leased-accounts?limit=200" \\
  -H "Authorization: Bearer $LAYERS_API_KEY"
\`\`\`
`;

const afterPagination = `
To follow changes of requests, give the first page’s \`asOf\` as the next \`updatedSince\`: an item may come twice, none is missed. [Events](/docs/guides/events) are walked with \`after\`, oldest first; \`after=latest\` begins at the end.
`;

const webhooks = `
Register a URL with [\`POST /v1/webhook-endpoints\`](#createWebhookEndpoint) and we post events to it as they happen, signed, with up to eight attempts over more than a day. [The guide](/docs/guides/webhooks) has retries, pauses and replays. Without a public address read the same events at [\`GET /v1/events\`](#listEvents).
`;

const sandbox = `
A copy of the service for trying things out, with a key that begins with \`lp_test_\`: the same routes, answers, events and webhooks, play money, accounts that are nobody’s. Requests are answered within seconds; the vertical decides how: \`sandbox-partial\`, \`sandbox-reject\`, \`sandbox-slow\`, \`sandbox-blocked\`, and anything else in full. [\`POST /v1/sandbox/clock\`](#moveSandboxClock) moves its time, renewals and all; [\`POST /v1/sandbox/top-up\`](#topUpSandbox) refills its wallet. [The guide](/docs/guides/sandbox) walks through a month in minutes.
`;

const changes = `
Within \`/v1\` we only add: routes, optional fields of requests, fields and values of answers. Ignore what you do not know. [The changelog](/docs/guides/changelog) has what is new.
`;

function toErrorTable(): string {
  const rows = partnerErrorCodes.map((code) => `| ${statusOfCode[code]} | \`${code}\` | ${errorMeanings[code]} |`);
  return ['| Status | Code | When |', '| --- | --- | --- |', ...rows].join('\n');
}

function toLimitTable(): string {
  const format = (count: number) => count.toLocaleString('en-US');
  const rows = Object.entries(rateLimits).map(
    ([tier, { 'read-light': reads, 'write-light': writes }]) =>
      `| \`${tier}\` | ${format(reads.perMinute)} | ${format(writes.perMinute)} | ${format(writes.perDay)} |`,
  );
  return ['| Tier | Reads a minute | Writes a minute | Writes a day |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** Lists by the size of their pages, those of a project beside the organization's. */
function toPageSizeTable(routes: Route[]): string {
  const rows = routes.flatMap(({ path, summary, operationId, parameters = [] }) => {
    const limit = parameters.find(({ name }) => name === 'limit')?.schema;
    if (!limit) return [];
    return [`| [${summary}](#${operationId}) | \`${path}\` | ${String(limit.default)} | ${limit.maximum} |`];
  });
  return ['| List | Route | Without `limit` | At most |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** What arrives and how it is verified. */
function readWebhookSections(): string {
  const sections = readGuideText('webhooks').split(/^(?=## )/m);
  return ['What arrives', 'Verify']
    .map((heading) => {
      const section = sections.find((text) => text.startsWith(`## ${heading}\n`));
      if (!section) throw new Error(`docs/partner/webhooks.md has no section "${heading}".`);
      return section.replace('## ', '### ');
    })
    .join('\n');
}
