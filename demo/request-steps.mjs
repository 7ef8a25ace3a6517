import { addMonths, expectCharged, pick, PRICE_CENTS, PROJECT_ID, readEvents, WALLET_CENTS } from './common.mjs';
import { toCode } from './partner.mjs';

const ASSIGNED_COUNT = 3;
const IDEMPOTENCY_KEY = '9a2f1e44-6b3c-4d19-9e8a-f2d7c1b5e777';
const NOTE = 'Three are with you today. We look for the other two until tonight.';
const CLOSING_NOTE = 'No more coffee accounts are warm this week. Please ask again on Monday.';
const EVENTS = [
  ...['lease_request.updated', 'lease_request.assigned'],
  ...['leased_account.assigned', 'leased_account.renewed', 'leased_account.disconnected'],
];

/** As the published page has it. */
const body = {
  projectId: PROJECT_ID,
  count: 5,
  niche: { vertical: 'coffee', audience: 'home baristas 25–40', language: 'en', geo: ['US', 'CA', 'GB'] },
  target: 'Short-form brew tutorials; paid UGC-style creative for ads.',
};

/** From the partner's first call to its poller's last: each step is `[who, title, work]`. */
export const requestSteps = [
  ['partner', 'A key, and what it may do', whoAmI],
  ['partner', 'An endpoint for webhooks', createEndpoint],
  ['partner', 'The published page’s request', submit],
  ['partner', 'The same request again, as after a lost answer', submitAgain],
  ['operator', 'The request in the queue', openRequest],
  ['operator', 'Three accounts are assigned, one at a time', assignThree],
  ['operator', 'A note that the partner reads', addNote],
  ['operator', 'Nothing more is warm: the request is closed short', closeShort],
  ['partner', 'The poller reads the end of it', readEnd],
  ['partner', 'The accounts', listAccounts],
  ['partner', 'The webhooks, received and verified', readWebhooks],
];

async function whoAmI({ partner, report, state }) {
  const whoami = await partner.call((layers) => layers.whoami());
  report.equal('the key may lease accounts', whoami.scopes, ['leased:write']);
  report.equal('it has the limits of the standard tier', whoami.rateLimitTier, 'standard');
  report.equal('the wallet holds $1,500.00', whoami.creditBalance, WALLET_CENTS);
  report.equal(
    'workspaceId is organizationId',
    [whoami.workspaceId, whoami.organizationId],
    [state.organizationId, state.organizationId],
  );
  const wallet = await partner.call((layers) => layers.wallet.get());
  report.equal('which covers ten accounts at $150.00', wallet.coversAssignments, 10);
  report.equal('nothing is committed yet', [wallet.monthlyCommitmentCents, wallet.nextRenewalAt], [0, null]);
}

async function createEndpoint({ partner, receiver, report, state }) {
  const { url } = receiver;
  const { endpoint, signingSecret } = await partner.call(
    (layers) => layers.webhookEndpoints.create({ url, events: EVENTS }),
    (answer) => ({ endpoint: pick(answer.endpoint, 'id', 'url', 'status'), signingSecret: 'whsec_…, shown this once' }),
  );
  report.equal('it is active and takes these events', [endpoint.status, endpoint.events], ['active', EVENTS]);
  receiver.secrets.push(signingSecret);
  state.endpointId = endpoint.id;
}

async function submit(story) {
  const { partner, report, state } = story;
  report.note('body =');
  report.answer(body);
  const idempotencyKey = IDEMPOTENCY_KEY;
  const { data, response, requestId, replayed } = await partner.call(
    (layers) => layers.leasedAccounts.request(body, { idempotencyKey }).withResponse(),
    ({ data }) => data,
  );
  report.equal('accepted', [response.status, data.status, replayed], [202, 'requested', false]);
  report.matches('the id is ours, for the partner gave none', data.requestId, /^lreq_[0-9A-HJKMNP-TV-Z]{26}$/);
  report.matches('X-Request-Id names the call', requestId, /^req_[0-9A-HJKMNP-TV-Z]{26}$/);
  report.matches(
    'submittedAt is UTC to the millisecond',
    data.submittedAt,
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.]\d{3}Z$/,
  );
  const place = `/v1/projects/${PROJECT_ID}/leased-accounts/requests/${data.requestId}`;
  report.equal('Location is what to poll', response.headers.get('Location'), place);
  state.receipt = JSON.stringify(data);
  state.requestId = data.requestId;
  await expectCharged(story, 'nothing is charged on request', 0);
}

async function submitAgain({ partner, client, report, state }) {
  const idempotencyKey = IDEMPOTENCY_KEY;
  const { data, response, replayed } = await partner.call(
    (layers) => layers.leasedAccounts.request(body, { idempotencyKey }).withResponse(),
    ({ data, response }) => ({ 'Idempotent-Replayed': response.headers.get('Idempotent-Replayed'), ...data }),
  );
  report.equal('a replay, so marked', [response.status, replayed], [202, true]);
  report.equal('of the same body', JSON.stringify(data), state.receipt);
  const { items } = await partner.call(
    (layers) => layers.leasedAccounts.listRequests({ projectId: PROJECT_ID }),
    ({ items, nextCursor }) => ({ items: items.map((item) => pick(item, 'requestId', 'status', 'count')), nextCursor }),
  );
  report.equal(
    'there is one request',
    items.map(({ requestId }) => requestId),
    [state.requestId],
  );
  const error = await partner.refused((layers) =>
    layers.leasedAccounts.request({ ...body, count: 6 }, { idempotencyKey }),
  );
  report.equal(
    'the same key with another body is a Conflict',
    [error instanceof client.Conflict, error.status, error.code],
    [true, 409, 'CONFLICT'],
  );
}

async function openRequest({ operator, partner, report, service, state }) {
  const { requestId } = state;
  // It goes on beside what staff do, and is looked at once they are done.
  state.seen = [];
  state.waiting = new AbortController();
  const { signal } = state.waiting;
  const onProgress = ({ status, assignedCount }) => state.seen.push({ status, assignedCount });
  const wait = (layers) => layers.leasedAccounts.waitForRequest(requestId, { signal, onProgress });
  state.end = partner.begin(wait);
  report.note('Meanwhile the partner’s program waits:');
  report.call(toCode(wait));

  await operator.signIn(service.signIns.operator);
  const { rows } = await operator.get('/pages/queue');
  const row = rows.find(({ id }) => id === requestId);
  report.answer(pick(row, 'id', 'partner', 'vertical', 'count', 'assignedCount'));
  const { fulfil } = await operator.get(`/resources/lease-requests/records/${requestId}/fulfil`);
  const { request, wallet, candidates } = fulfil;
  const shown = candidates.slice(0, ASSIGNED_COUNT).map((one) => pick(one, 'handle', 'reasons'));
  report.answer({ balanceCents: wallet.balanceCents, candidates: shown });
  const asked = [request.vertical, request.language, request.geo, request.count, request.target];
  const { niche } = body;
  report.equal('it shows what was asked', asked, [niche.vertical, niche.language, niche.geo, body.count, body.target]);
  report.equal('the wallet is that of the partner', wallet.balanceCents, WALLET_CENTS);
  state.accounts = candidates.filter(({ fits }) => fits).slice(0, ASSIGNED_COUNT);
  report.equal('at least three accounts fit', state.accounts.length, ASSIGNED_COUNT);
}

async function assignThree(story) {
  const { operator, partner, report, state } = story;
  const { requestId, accounts } = state;
  await operator.act('lease-requests', requestId, 'claim', { takeOver: false });
  const ids = [];
  for (const { socialAccountId } of accounts) {
    const { fulfil } = await operator.get(`/resources/lease-requests/records/${requestId}/fulfil`);
    const { version } = fulfil.request;
    await operator.act('lease-requests', requestId, 'assign', {
      socialAccountId,
      version,
      expectedPriceCents: PRICE_CENTS,
    });
    ids.push(socialAccountId);
    const request = await partner.call(
      (layers) => layers.leasedAccounts.getRequest({ projectId: PROJECT_ID, requestId }),
      (answer) => pick(answer, 'status', 'count', 'assignedCount', 'assignedSocialAccountIds', 'assignedAt'),
    );
    report.equal('the partner sees it at once, in order', request.assignedSocialAccountIds, ids);
    report.equal(
      `with ${ids.length} of 5 it stays requested`,
      [request.status, request.assignedAt],
      ['requested', null],
    );
    await expectCharged(story, `${ids.length} × $150.00 charged`, ids.length);
  }
}

async function addNote({ operator, partner, report, state }) {
  const { requestId } = state;
  await operator.act('lease-requests', requestId, 'note', { body: NOTE, visibility: 'partner' });
  const request = await partner.call(
    (layers) => layers.leasedAccounts.getLeaseRequest(requestId),
    (answer) => pick(answer, 'requestId', 'status', 'note', 'blocker'),
  );
  report.equal('the note is the partner’s to read', request.note, NOTE);
  report.equal('it is still requested', [request.status, request.blocker], ['requested', null]);
}

async function closeShort(story) {
  const { operator, state } = story;
  const { requestId } = state;
  await operator.act('lease-requests', requestId, 'closePartial', {
    note: CLOSING_NOTE,
    outcomeReason: 'no_inventory',
  });
  await expectCharged(story, 'only the three are paid for: $450.00', 3);
}

async function readEnd({ partner, report, state }) {
  const { requestId, accounts, seen, end } = state;
  report.note('Its waitForRequest comes back:');
  report.progress('the poller reads after 5 s, then less often');
  const request = await partner.finish(end);
  report.note(`onProgress saw ${seen.map(({ status, assignedCount }) => `${status} ${assignedCount}/5`).join(', ')}`);
  report.equal('it waited through requested', seen[0]?.status, 'requested');
  report.equal('partial', [request.requestId, request.status], [requestId, 'partial']);
  report.equal(
    'the three accounts, in order',
    request.assignedSocialAccountIds,
    accounts.map((one) => one.socialAccountId),
  );
  report.equal('3 of 5', [request.assignedCount, request.count], [3, 5]);
  report.equal('the operator’s note', request.note, CLOSING_NOTE);
  report.equal('why, and by whom', [request.outcomeReason, request.closedBy], ['no_inventory', 'staff']);
  report.matches('assignedAt is when it became partial', request.assignedAt, /Z$/);
}

async function listAccounts({ partner, report, state }) {
  const { items, nextCursor } = await partner.call((layers) => layers.leasedAccounts.list({ projectId: PROJECT_ID }));
  const newestFirst = state.accounts.toReversed();
  const expected = newestFirst.map(({ socialAccountId, handle, followers }) => ({
    ...{ socialAccountId, projectId: PROJECT_ID, handle, platform: 'tiktok', followers, status: 'assigned' },
    ...{ monthlyPriceCents: PRICE_CENTS, requestId: state.requestId },
  }));
  const names = Object.keys(expected[0] ?? {});
  report.equal(
    'three at $150.00 a month, the newest first',
    items.map((item) => pick(item, ...names)),
    expected,
  );
  const dues = items.map(({ assignedAt }) => addMonths(assignedAt, 1));
  report.equal(
    'each renews a calendar month later',
    items.map(({ nextRenewalAt }) => nextRenewalAt),
    dues,
  );
  report.equal('this page is the last', nextCursor, null);
  const wallet = await partner.call((layers) => layers.wallet.get());
  report.equal('$450.00 are committed a month', wallet.monthlyCommitmentCents, 3 * PRICE_CENTS);
  report.equal('the first renewal is the next', wallet.nextRenewalAt, dues.at(-1));
  state.leases = items;
}

async function readWebhooks(story) {
  const { client, receiver, report, state } = story;
  const items = await readEvents(story, { last: 'lease_request.assigned' });
  const ofType = (type) => items.filter((event) => event.type === type);
  const ended = ofType('lease_request.assigned');
  const updated = ofType('lease_request.updated');
  report.equal(
    'each assignment is told, in order',
    ofType('leased_account.assigned').map(({ data }) => data.socialAccountId),
    state.accounts.map(({ socialAccountId }) => socialAccountId),
  );
  const versions = [...updated, ...ended].map(({ data }) => data.version);
  report.equal(
    'the request’s version grows',
    versions,
    [...new Set(versions)].sort((one, other) => one - other),
  );
  report.equal(
    'the last event is its end',
    [items.at(-1)?.type, items.at(-1)?.data.status, ended.length],
    ['lease_request.assigned', 'partial', 1],
  );

  report.call('verifyWebhook(rawBody, headers, otherSecret)');
  const { rawBody, headers } = receiver.received[0];
  report.equal(
    'another secret is refused',
    getRefusal(client, () => client.verifyWebhook(rawBody, headers, 'whsec_of_somebody_else')),
    'signature_wrong',
  );
  const altered = Buffer.concat([rawBody, Buffer.from(' ')]);
  report.equal(
    'and so is a body with one more byte',
    getRefusal(client, () => client.verifyWebhook(altered, headers, receiver.secrets)),
    'signature_wrong',
  );
  state.lastEventId = items.at(-1)?.id;
}

function getRefusal({ WebhookVerificationError }, verify) {
  try {
    verify();
    return 'accepted';
  } catch (error) {
    return error instanceof WebhookVerificationError ? error.reason : String(error);
  }
}
