// The floor of the bench: what an HTTP server has to do at least for the same calls. FLOOR_DATABASE_URL=… PORT=… node bench/floor/floor.mjs
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import pg from 'pg';
import { monotonicFactory } from 'ulid';
import { readSubmission } from './submission.mjs';
import { ACCEPT, ADMIT, ASSIGN, LIST, POLL, RELEASE, SIGNED_IN } from './statements.mjs';

const PAGE = 50;
const pool = new pg.Pool({ connectionString: process.env.FLOOR_DATABASE_URL, max: 20 });
// As the service reads them: no cents or followers are beyond what a number holds.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const ulid = monotonicFactory();

/** Each text is prepared once for each connection, under its name. */
const statement = (name, text) => (values) => pool.query({ name, text, values }).then(({ rows }) => rows);
const [admit, accept, poll, list, release, readSignedIn, assign] = Object.entries({
  ...{ ADMIT, ACCEPT, POLL, LIST, RELEASE, SIGNED_IN, ASSIGN },
}).map(([name, text]) => statement(name, text));

const sha256 = (text) => createHash('sha256').update(text).digest();

class Refused extends Error {
  constructor(status) {
    super(`${status}`);
    this.status = status;
  }
}

const partnerRoutes = [
  ['POST', /^\/v1\/projects\/([^/]+)\/leased-accounts\/request$/, submit],
  ['GET', /^\/v1\/projects\/([^/]+)\/leased-accounts\/requests\/([^/]+)$/, read],
  ['GET', /^\/v1\/projects\/([^/]+)\/leased-accounts$/, listAccounts],
  ['DELETE', /^\/v1\/leased-accounts\/([^/]+)$/, releaseAccount],
];
const ASSIGN_PATH = /^\/admin\/api\/resources\/lease-requests\/records\/([^/]+)\/assign$/;

const server = createServer((request, response) => {
  const call = { id: `req_${ulid()}`, request, response, headers: {} };
  answer(call).then(
    ({ status, text, headers }) => send(call, status, text, headers),
    (error) =>
      send(call, error.status ?? 500, JSON.stringify({ error: { message: error.message, requestId: call.id } })),
  );
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit());

function answer(call) {
  const { method, url } = call.request;
  if (url === '/readyz') return Promise.resolve({ status: 200, text: '{"status":"ok"}' });
  const assigned = method === 'POST' && ASSIGN_PATH.exec(url);
  if (assigned) return assignAccount(call, assigned[1]);
  for (const [verb, path, handler] of partnerRoutes) {
    const found = verb === method && path.exec(url);
    if (found) return answerPartner(call, handler, found.slice(1));
  }
  return Promise.reject(new Refused(404));
}

function send({ id, response, headers }, status, text, more) {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-request-id': id,
    ...headers,
    ...more,
  });
  response.end(text);
}

async function answerPartner(call, handler, path) {
  const isRead = call.request.method === 'GET';
  const [, env, prefix, ...secret] = call.request.headers.authorization.slice('Bearer '.length).split('_');
  const scope = 'leased:write';
  const endpointClass = isRead ? 'read-light' : 'write-light';
  const [key] = await admit([prefix, sha256(secret.join('_')), env, scope, endpointClass]);
  if (!key) throw new Refused(401);
  if (key.killed || key.suspended) throw new Refused(503);
  if (!key.allowed) throw new Refused(403);
  if (key.minute_taken === null) throw new Refused(429);
  call.headers = {
    'x-ratelimit-limit': key.minute_limit,
    'x-ratelimit-remaining': key.minute_limit - key.minute_taken,
    'x-ratelimit-reset': key.minute_ends_at,
    'x-ratelimit-endpoint-class': endpointClass,
  };
  return handler(call, key, path);
}

async function submit(call, key, [projectId]) {
  const submission = readSubmission(JSON.parse(await readText(call.request)), projectId);
  const idempotencyKey = call.request.headers['idempotency-key'];
  if (!submission || !idempotencyKey) throw new Refused(422);
  const now = new Date();
  const requestId = `lreq_${ulid()}`;
  const text = JSON.stringify({ requestId, status: 'requested', submittedAt: now });
  const body = JSON.stringify(submission);
  const fingerprint = sha256(projectId + body);
  const values = [
    key.organization_id,
    projectId,
    idempotencyKey,
    fingerprint,
    requestId,
    key.id,
    body,
    text,
    now,
    `evt_${ulid()}`,
    call.id,
  ];
  const [found] = await accept(values);
  if (found.accepted) return { status: 202, text, headers: { location: `${call.request.url}s/${requestId}` } };
  if (found.fingerprint !== null) return replay(found, fingerprint, 202);
  if (found.covered === null) throw new Refused(404);
  if (!found.covered) throw new Refused(402);
  // Another call with this key was under way, and is over now.
  return replay((await accept(values))[0], fingerprint, 202);
}

function replay(kept, fingerprint, status) {
  if (!kept.fingerprint.equals(fingerprint)) throw new Refused(409);
  return { status, text: kept.body, headers: { 'idempotent-replayed': 'true' } };
}

async function read(_call, key, [projectId, requestId]) {
  const [row] = await poll([key.organization_id, projectId, requestId]);
  if (!row) throw new Refused(404);
  return { status: 200, text: JSON.stringify(toRequest(row)) };
}

function toRequest(row) {
  return {
    requestId: row.request_id,
    projectId: row.project_id,
    status: row.status,
    submittedAt: row.submitted_at,
    assignedAt: row.assigned_at,
    assignedSocialAccountIds: row.accounts,
    note: null,
    count: row.count,
    assignedCount: row.assigned_count,
    niche: {
      vertical: row.vertical,
      ...(row.audience !== null && { audience: row.audience }),
      ...(row.language !== null && { language: row.language }),
      ...(row.geo !== null && { geo: row.geo }),
    },
    target: row.target,
    metadata: row.metadata,
    blocker: null,
    outcomeReason: null,
    closedBy: null,
    updatedAt: row.updated_at,
  };
}

async function listAccounts(_call, key, [projectId]) {
  const found = await list([key.organization_id, projectId]);
  if (found.length === 0) throw new Refused(404);
  const rows = found.filter(({ id }) => id !== null);
  const items = rows.slice(0, PAGE).map((row) => ({
    socialAccountId: row.social_account_id,
    projectId: row.project_id,
    handle: row.handle,
    platform: 'tiktok',
    followers: row.followers,
    status: 'assigned',
    assignedAt: row.assigned_at,
    nextRenewalAt: row.next_renewal_at,
    monthlyPriceCents: row.price_cents,
    requestId: row.request_id,
  }));
  return {
    status: 200,
    text: JSON.stringify({ items, nextCursor: rows.length > PAGE ? toCursor(rows[PAGE - 1]) : null }),
  };
}

function toCursor({ assigned_at, id }) {
  return Buffer.from(JSON.stringify([assigned_at, id])).toString('base64url');
}

async function releaseAccount(call, key, [socialAccountId]) {
  const idempotencyKey = call.request.headers['idempotency-key'];
  if (!idempotencyKey) throw new Refused(422);
  const now = new Date();
  const text = JSON.stringify({
    ...{ socialAccountId, status: 'disconnected', disconnectedReason: 'released_by_partner', disconnectedAt: now },
  });
  const fingerprint = sha256(socialAccountId);
  const ids = [`evt_${ulid()}`, `evt_${ulid()}`, call.id];
  const [found] = await release([
    key.organization_id,
    socialAccountId,
    idempotencyKey,
    fingerprint,
    text,
    now,
    key.id,
    ...ids,
  ]);
  if (found.released) return { status: 200, text };
  if (found.fingerprint === null) throw new Refused(404);
  return replay(found, fingerprint, 200);
}

async function assignAccount(call, leaseRequestId) {
  const sid = /floor_session=([^;]+)/.exec(call.request.headers.cookie)?.[1];
  const [staff] = await readSignedIn([sid]);
  if (staff?.role !== 'operator') throw new Refused(403);
  const { socialAccountId } = JSON.parse(await readText(call.request));
  const ids = ['lse', 'txn', 'evt', 'evt', 'evt'].map((kind) => `${kind}_${ulid()}`);
  const [row] = await assign([leaseRequestId, socialAccountId, staff.id, new Date(), ...ids, call.id]);
  if (!row) throw new Refused(409);
  return { status: 200, text: JSON.stringify(toActionAnswer(row)) };
}

async function readText(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The record that the panel shows again, and what it says. */
function toActionAnswer(row) {
  const { id, request_id, organization_id, project_id, api_key_id, handle, balance_cents } = row;
  const params = {
    id,
    requestId: request_id,
    organizationId: organization_id,
    projectId: project_id,
    apiKeyId: api_key_id,
    status: row.status,
    count: row.count,
    assignedCount: row.assigned_count,
    blocker: null,
    blockerSince: null,
    vertical: row.vertical,
    audience: row.audience,
    language: row.language,
    ...Object.fromEntries((row.geo ?? []).map((country, place) => [`geo.${place}`, country])),
    target: row.target,
    partnerNote: row.partner_note,
    version: row.version,
    submittedAt: row.submitted_at,
    assignedAt: row.assigned_at,
    closedAt: null,
    closedBy: null,
    outcomeReason: null,
    updatedAt: row.updated_at,
    sandbox: false,
  };
  const message = `${handle} is assigned. The wallet holds $${(balance_cents / 100).toFixed(2)}.`;
  return { record: { id, title: request_id, params, populated: {}, errors: {} }, notice: { type: 'success', message } };
}
