import { randomUUID } from 'node:crypto';

/** What is counted in the database of either side. */
export const counted = {
  requests: 'lease_request',
  answers: 'idempotency_record',
  leases: 'lease',
  ended: "lease WHERE status = 'ended'",
  transfers: 'ledger_transfer',
  events: 'event',
  audited:
    "audit_event WHERE type IN ('lease_request.submitted', 'leased_account.assigned', 'leased_account.released')",
};

/**
 * What is measured.
 * - `toCall`: the HTTP call for an item of the stock
 * - `isUsedUp`: an item serves for one call
 * - `writes`: the rows of {@link counted} that each call adds; none of the others
 * - `isRight`: whether a body with the right status says that the call succeeded; without parsing it, which would take the service's time
 */
export const cases = {
  accept: {
    title: 'accept a request',
    status: 202,
    toCall: (partner) => toSubmission(newSubmission(partner, 5)),
    writes: { requests: 1, answers: 1, audited: 1 },
  },
  replay: {
    title: 'replay',
    status: 202,
    toCall: (submission) => toSubmission(submission),
    writes: {},
  },
  poll: {
    title: 'poll',
    status: 200,
    toCall: ({ partner, requestId }) => ({
      method: 'GET',
      path: `/v1/projects/${partner.projectId}/leased-accounts/requests/${requestId}`,
      headers: authorizationOf(partner),
    }),
    writes: {},
  },
  list: {
    title: 'list 50 accounts',
    status: 200,
    toCall: (partner) => ({
      method: 'GET',
      path: `/v1/projects/${partner.projectId}/leased-accounts`,
      headers: authorizationOf(partner),
    }),
    isRight: (body) => body.split('"socialAccountId":').length - 1 === 50,
    writes: {},
  },
  'assign-spread': { title: 'assign over 50 wallets', ...assignment() },
  'assign-one-wallet': { title: 'assign on one wallet', ...assignment() },
  release: {
    title: 'release',
    status: 200,
    isUsedUp: true,
    toCall: ({ partner, socialAccountId }) => ({
      method: 'DELETE',
      path: `/v1/leased-accounts/${socialAccountId}`,
      headers: { ...authorizationOf(partner), 'idempotency-key': randomUUID() },
    }),
    writes: { answers: 1, ended: 1, audited: 1, events: 1 },
  },
};

function assignment() {
  return {
    status: 200,
    isUsedUp: true,
    toCall: ({ leaseRequestId, socialAccountId, cookie, origin }) => ({
      method: 'POST',
      path: `/admin/api/resources/lease-requests/records/${leaseRequestId}/assign`,
      headers: { cookie, origin, 'content-type': 'application/json' },
      body: JSON.stringify({ socialAccountId }),
    }),
    isRight: (body) => body.includes('"type":"success"'),
    writes: { leases: 1, transfers: 1, audited: 1, events: 2 },
  };
}

/** A request like none before. */
export function newSubmission(partner, count) {
  return { partner, count, idempotencyKey: randomUUID(), target: `Brew tutorials of campaign ${randomUUID()}.` };
}

/** The call of the published page's example. */
export function toSubmission({ partner, count, idempotencyKey, target }) {
  const { projectId } = partner;
  const niche = { vertical: 'coffee', audience: 'home baristas 25–40', language: 'en', geo: ['US', 'CA', 'GB'] };
  return {
    method: 'POST',
    path: `/v1/projects/${projectId}/leased-accounts/request`,
    headers: {
      ...authorizationOf(partner),
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
    },
    body: JSON.stringify({ projectId, count, niche, target }),
  };
}

const authorizationOf = ({ apiKey }) => ({ authorization: `Bearer ${apiKey}` });
