import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Transactions } from '../../../src/core/transactions.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReplacementService } from '../../../src/fulfillment/replacement.service.js';
import { ReviewService } from '../../../src/fulfillment/review.service.js';
import { ClaimsService } from '../../../src/lease-requests/claims.service.js';
import { LeaseRequestsService } from '../../../src/lease-requests/lease-requests.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { RenewalsService } from '../../../src/renewals/renewals.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { expectCleanBooks, setClock } from '../../support/ledger.js';
import {
  aRequest,
  aRequestThatFits,
  aStaffMember,
  anAccount,
  atOnce,
  callerOf,
  theSystem,
  topUp,
} from '../../support/makers.js';

let service: TestApp;
let fulfillment: FulfillmentService;
let replacement: ReplacementService;
let review: ReviewService;
let leases: LeasesService;
let renewals: RenewalsService;
beforeAll(async () => {
  service = await startTestApp();
  fulfillment = service.app.get(FulfillmentService, { strict: false });
  replacement = service.app.get(ReplacementService, { strict: false });
  review = service.app.get(ReviewService, { strict: false });
  leases = service.app.get(LeasesService, { strict: false });
  renewals = service.app.get(RenewalsService, { strict: false });
});
afterAll(async () => {
  await expectCleanBooks(service);
  await service.close();
});

/** A request for two accounts, before the change that a row of the table is about. */
type Scene = Awaited<ReturnType<typeof aRequestThatFits>> & {
  leaseRequestId: Awaited<ReturnType<typeof aRequest>>['id'];
};

async function aScene(): Promise<Scene> {
  const made = await aRequestThatFits(service, { count: 2, walletCents: 100_000 });
  return { ...made, leaseRequestId: made.request.id };
}

interface RecordedEvent {
  id: string;
  type: string;
  projectId: string;
  data: Record<string, unknown>;
}

async function recordedSince(organizationId: string, since = 0): Promise<RecordedEvent[]> {
  const rows: { id: string; projectId: string; body: string }[] = await service.dataSource.query(
    `SELECT id, project_id AS "projectId", body FROM event WHERE organization_id = $1 ORDER BY recorded_order`,
    [organizationId],
  );
  return rows.slice(since).map(({ id, projectId, body }) => ({ ...JSON.parse(body), id, projectId }));
}

const assign =
  (n: number) =>
  async ({ leaseRequestId, accounts }: Scene) => {
    await fulfillment.assign(theSystem(), { leaseRequestId, socialAccountId: accounts[n]!.id });
  };
const undo = async ({ leaseRequestId, account }: Scene) => {
  await fulfillment.undoAssign(theSystem(), { leaseRequestId, socialAccountId: account.id });
};
const replaceTo =
  (oldAccountTo?: 'quarantine') =>
  async ({ leaseRequestId, account }: Scene) => {
    const { id: newSocialAccountId } = await anAccount(service);
    const command = { leaseRequestId, socialAccountId: account.id, newSocialAccountId, oldAccountTo, reason: 'Banned' };
    await replacement.replace(theSystem(), command);
  };
const note =
  (visibility: 'internal' | 'partner', blocker?: 'needs_clarification' | 'wallet_short' | 'other') =>
  async ({ leaseRequestId }: Scene) => {
    await review.note(theSystem(), { leaseRequestId, body: 'Which ages?', visibility, blocker });
  };
const getStaffNoteId = async (leaseRequestId: string, nth: number): Promise<string> => {
  const notes: { id: string }[] = await service.dataSource.query(
    "SELECT id FROM request_note WHERE lease_request_id = $1 AND author = 'staff' ORDER BY created_at, id",
    [leaseRequestId],
  );
  return notes[nth]!.id;
};
const withdraw =
  (nth: number) =>
  async ({ leaseRequestId }: Scene) => {
    await review.withdrawNote(theSystem(), { leaseRequestId, noteId: await getStaffNoteId(leaseRequestId, nth) });
  };
const show =
  (nth: number) =>
  async ({ leaseRequestId }: Scene) => {
    await review.showNote(theSystem(), { leaseRequestId, noteId: await getStaffNoteId(leaseRequestId, nth) });
  };
const clear = async ({ leaseRequestId }: Scene) => {
  await review.clearBlocker(theSystem(), { leaseRequestId });
};
const byPartner =
  (action: 'notes' | 'cancel', body: object) =>
  async ({ partner, request }: Scene) => {
    const path = `/v1/leased-accounts/requests/${request.requestId}/${action}`;
    expect((await call(service, 'POST', path, { key: partner.apiKey, body })).status).toBeLessThan(300);
  };
const closeShort = async ({ leaseRequestId }: Scene) => {
  await review.closePartial(theSystem(), { leaseRequestId, note: 'No more of these' });
};
const reject = async ({ leaseRequestId }: Scene) => {
  await review.reject(theSystem(), { leaseRequestId, note: 'None of these' });
};
const getLeaseId = async ({ account }: Scene): Promise<string> =>
  (await service.dataSource.query('SELECT id FROM lease WHERE social_account_id = $1', [account.id]))[0].id;
const release = async ({ partner, account }: Scene) => {
  const path = `/v1/leased-accounts/${account.id}`;
  expect((await call(service, 'DELETE', path, { key: partner.apiKey })).status).toBe(200);
};
const releaseByStaff = async (scene: Scene) => {
  await leases.releaseFor(theSystem(), { leaseId: await getLeaseId(scene), reason: 'As they asked' });
};
const disconnect = (refund: boolean) => async (scene: Scene) => {
  await leases.disconnect(theSystem(), { leaseId: await getLeaseId(scene), reason: 'Banned', refund });
};
const spendAll = async ({ partner: { organizationId } }: Scene) => {
  const wallets = service.app.get(WalletsService, { strict: false });
  await wallets.adjust(theSystem(), { organizationId, amountCents: -100_000, reason: 'Spent elsewhere' });
};
const claim = async ({ leaseRequestId }: Scene) => {
  const staff = await aStaffMember(service, 'operator');
  const claims = service.app.get(ClaimsService, { strict: false });
  await claims.claim(staff, { leaseRequestId });
  await claims.unclaim(staff, { leaseRequestId });
};

/** What was done before, the change, and the events that the change alone writes. */
const changes: [
  name: string,
  before: ((scene: Scene) => Promise<void>)[],
  change: (scene: Scene) => Promise<void>,
  types: string[],
][] = [
  ['an assignment', [], assign(0), ['leased_account.assigned', 'lease_request.updated']],
  ['the last assignment', [assign(0)], assign(1), ['leased_account.assigned', 'lease_request.assigned']],
  ['an assignment that stands already', [assign(0)], assign(0), []],
  ['an undone assignment', [assign(0)], undo, ['lease_request.updated']],
  ['an undone assignment of a final request', [assign(0), assign(1)], undo, ['lease_request.updated']],
  ['a replacement', [assign(0)], replaceTo('quarantine'), ['leased_account.replaced']],
  [
    'a replacement of what was undone',
    [assign(0), assign(1), undo],
    replaceTo(),
    ['leased_account.replaced', 'lease_request.updated'],
  ],
  ['an internal note', [], note('internal'), []],
  ['an internal note beside one that is shown', [note('partner')], note('internal'), []],
  ['a note for the partner', [], note('partner'), ['lease_request.updated']],
  ['the same note again', [note('partner')], note('partner'), ['lease_request.updated']],
  ['an internal blocker', [], note('internal', 'other'), []],
  ['a blocker that is shown', [], note('partner', 'other'), ['lease_request.updated']],
  [
    'an internal blocker after one that was shown',
    [note('partner', 'other')],
    note('internal', 'other'),
    ['lease_request.updated'],
  ],
  [
    'a blocker that is shown after an internal one',
    [note('internal', 'other')],
    note('partner', 'other'),
    ['lease_request.updated'],
  ],
  ['a withdrawn note', [note('partner')], withdraw(0), ['lease_request.updated']],
  ['a withdrawn note of a blocker', [note('partner', 'other')], withdraw(0), ['lease_request.updated']],
  ['a withdrawn note that a newer one hides', [note('partner'), note('partner')], withdraw(0), []],
  ['a withdrawn internal note', [note('internal')], withdraw(0), []],
  ['an internal note that is shown', [note('internal')], show(0), ['lease_request.updated']],
  ['an internal blocker that is shown', [note('internal', 'other')], show(0), ['lease_request.updated']],
  ['a shown note that a newer one hides', [note('internal'), note('partner')], show(0), []],
  ['a cleared blocker', [note('partner', 'other')], clear, ['lease_request.updated']],
  ['a cleared internal blocker', [note('internal', 'other')], clear, []],
  ['a partner’s note', [], byPartner('notes', { body: 'All ages' }), []],
  [
    'a partner’s reply',
    [note('partner', 'needs_clarification')],
    byPartner('notes', { body: 'All ages' }),
    ['lease_request.updated'],
  ],
  ['a close short', [assign(0)], closeShort, ['lease_request.assigned']],
  ['a rejection', [note('partner', 'other')], reject, ['lease_request.rejected']],
  ['a cancellation of nothing', [], byPartner('cancel', {}), ['lease_request.rejected']],
  ['a cancellation of the rest', [assign(0)], byPartner('cancel', {}), ['lease_request.assigned']],
  ['a claim', [], claim, []],
  ['a release by the partner', [assign(0)], release, ['leased_account.disconnected']],
  ['a release by staff', [assign(0)], releaseByStaff, ['leased_account.disconnected']],
  ['a disconnect', [assign(0)], disconnect(false), ['leased_account.disconnected']],
  ['a disconnect with a refund', [assign(0)], disconnect(true), ['leased_account.disconnected']],
];

/** The partner's own answers, as far as events hold them. */
async function expectAnswersOf(scene: Scene, event: RecordedEvent): Promise<void> {
  const caller = callerOf(scene.partner);
  const { organizationId, version, transactionId, replacedSocialAccountId, ...body } = event.data;
  expect([organizationId, event.projectId]).toEqual([scene.partner.organizationId, scene.partner.projectId]);
  if (event.type.startsWith('lease_request.')) {
    const requests = service.app.get(LeaseRequestsService, { strict: false });
    expect(body).toEqual({ ...(await requests.read(caller, scene.request.requestId)) });
    const [row] = await service.dataSource.query('SELECT version FROM lease_request WHERE id = $1', [
      scene.leaseRequestId,
    ]);
    expect(version).toBe(row.version);
    return;
  }
  const pages = await Promise.all(
    (['assigned', 'disconnected'] as const).map((status) => leases.list(caller, { status, limit: 10 })),
  );
  expect(pages.flatMap(({ items }) => items)).toContainEqual(body);
  const kinds = {
    'leased_account.assigned': 'lease_charge',
    'leased_account.replaced': 'lease_charge',
    'leased_account.renewed': 'lease_renewal',
  };
  const kind = (kinds as Record<string, string>)[event.type] ?? 'refund';
  const transfers = await service.dataSource.query(
    'SELECT id FROM ledger_transfer WHERE organization_id = $1 AND kind = $2 ORDER BY wallet_seq DESC LIMIT 1',
    [organizationId, kind],
  );
  expect(transactionId).toBe(transfers[0]?.id ?? null);
  if (event.type === 'leased_account.replaced') expect(replacedSocialAccountId).toBe(scene.account.id);
}

describe('Every change writes its events and no others, with the answers that the partner reads then:', () => {
  it.each(changes)('%s', async (_name, before, change, types) => {
    const scene = await aScene();
    for (const earlier of before) await earlier(scene);
    const written = (await recordedSince(scene.partner.organizationId)).length;
    await change(scene);
    const events = await recordedSince(scene.partner.organizationId, written);
    expect(events.map(({ type }) => type)).toEqual(types);
    for (const event of events) await expectAnswersOf(scene, event);
  });

  it('a blocker that ends by itself', async () => {
    const scene = await aScene();
    await spendAll(scene);
    await note('partner', 'wallet_short')(scene);
    await topUp(service, scene.partner.organizationId, 50_000);
    await service.app.get(Transactions).idle();
    const events = await recordedSince(scene.partner.organizationId);
    expect(events.map(({ type, data }) => [type, data.blocker !== null])).toEqual([
      ['lease_request.updated', true],
      ['lease_request.updated', false],
    ]);
  });

  it('renewals: a month paid, each failed attempt, and the end', async () => {
    setClock(service, new Date('2027-01-31T10:00:00Z'));
    const made = await aRequestThatFits(service, { count: 2, walletCents: 75_000 });
    const scene = { ...made, leaseRequestId: made.request.id };
    await assign(0)(scene);
    await assign(1)(scene);
    const written = (await recordedSince(scene.partner.organizationId)).length;
    const runAt = async (at: string) => {
      setClock(service, new Date(at));
      await renewals.run(theSystem());
    };
    await runAt('2027-03-31T10:00:00Z');
    const first = await recordedSince(scene.partner.organizationId, written);
    expect(first.map(({ type, data }) => [type, data.socialAccountId, data.transactionId !== null])).toEqual([
      ['leased_account.renewed', scene.accounts[0]!.id, true],
      ['leased_account.renewed', scene.accounts[1]!.id, true],
      ['leased_account.renewed', scene.accounts[0]!.id, true],
      ['leased_account.renewal_failed', scene.accounts[1]!.id, false],
      ['wallet.low_balance', undefined, true],
    ]);
    expect(new Set(first.map(({ data }) => data.transactionId)).size).toBe(5);
    expect(first[3]!.data).toMatchObject({ status: 'assigned', pastDueSince: '2027-03-31T10:00:00.000Z' });
    await expectAnswersOf(scene, first[2]!);
    for (const day of [1, 2, 3, 4, 5, 6, 7]) await runAt(`2027-04-0${day}T10:00:00Z`);
    const then = await recordedSince(scene.partner.organizationId, written + first.length);
    expect(then.map(({ type }) => type)).toEqual([
      ...Array.from({ length: 6 }, () => 'leased_account.renewal_failed'),
      'leased_account.disconnected',
    ]);
    expect(then.at(-1)!.data).toMatchObject({ disconnectedReason: 'billing_exhausted', transactionId: null });
  });

  it('a change that is refused at its end: none', async () => {
    const scene = await aScene();
    await spendAll(scene);
    await expect(assign(0)(scene)).rejects.toMatchObject({ code: 'BILLING_EXHAUSTED' });
    expect(await recordedSince(scene.partner.organizationId)).toEqual([]);
  });

  it('versions of a request grow with each event, whoever changes it at the same moment', async () => {
    const made = await aRequestThatFits(service, { count: 12, walletCents: 200_000 });
    const scene = { ...made, leaseRequestId: made.request.id };
    await atOnce(24, (n) => (n % 2 ? note('partner')(scene) : assign(n / 2)(scene)));
    const events = (await recordedSince(scene.partner.organizationId)).filter(({ type }) =>
      type.startsWith('lease_request.'),
    );
    const versions = events.map(({ data }) => Number(data.version));
    expect(versions).toEqual(Array.from({ length: 24 }, (_, n) => n + 2));
  });
});
