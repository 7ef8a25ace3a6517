import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner } from '../../support/makers.js';
import { assigned } from './request-actions.js';
import { aWaitingPayout } from './money-actions.js';
import { aColleague, everything, signedIn, type Person } from './panel.js';
import { codeOf, forgetUsedCodes, signedInWithApp, type PersonWithApp } from './authenticator.js';

let service: TestApp;
let admin: PersonWithApp;

beforeAll(async () => {
  service = await startTestApp();
  admin = await signedInWithApp(service, 'admin');
});
afterAll(() => service.close());
beforeEach(async () => {
  await forgetUsedCodes(service);
  await confirmedAgo('11 minutes');
});

/** Moves the moment of the last code in the person's session. */
async function confirmedAgo(age: string, { staffId } = admin): Promise<void> {
  await service.dataSource.query(
    `UPDATE staff_session SET sess = jsonb_set(sess::jsonb, '{confirmedAt}', to_jsonb(now() - interval '${age}'))::json
      WHERE sess ->> 'staffId' = $1`,
    [staffId],
  );
}

const confirm = (person: Person, code: unknown) => person.browser.post('/admin/confirm').send({ code });

/** What is asked a code for, each with what it takes to be done. */
async function asked(): Promise<[resource: string, action: string, id: string | null, body: object][]> {
  const { organizationId, apiKeyId } = await aPartner(service);
  const colleague = await aColleague(service, 'viewer');
  const lease = await assigned(service, 2);
  const undone = await assigned(service, 2);
  const withApp = await signedInWithApp(service, 'viewer');
  const [first] = await service.dataSource.query(
    "SELECT id FROM ledger_transfer WHERE organization_id = $1 AND kind = 'top_up'",
    [organizationId],
  );
  const approved = await aWaitingPayout(service);
  const declined = await aWaitingPayout(service);
  const email = () => `asked.${Math.random()}@staff.example`;
  return [
    ['api-keys', 'new', null, { organizationId, name: 'Second' }],
    ['api-keys', 'rotate', apiKeyId, {}],
    ['api-keys', 'kill', apiKeyId, {}],
    ['api-keys', 'resume', apiKeyId, {}],
    ['api-keys', 'revoke', apiKeyId, {}],
    ['wallets', 'topUp', organizationId, { amountCents: 100, reference: `payment ${organizationId}` }],
    ['wallets', 'adjust', organizationId, { amountCents: 100, reason: 'Gift' }],
    ['wallets', 'payout', organizationId, { amountCents: 100, reference: `payout ${organizationId}` }],
    ['wallets', 'reverseTopUp', organizationId, { transactionId: first.id, reason: 'Bounced' }],
    ['wallets', 'approve', approved.organizationId, { proposalId: approved.proposalId }],
    ['wallets', 'decline', declined.organizationId, { proposalId: declined.proposalId, reason: 'No' }],
    ['ledger-transfers', 'closeMonth', null, { month: '2020-02' }],
    ['staff', 'new', null, { email: email(), role: 'viewer' }],
    ['staff', 'invite', null, { email: email(), role: 'viewer' }],
    ['staff', 'edit', colleague.staffId, { role: 'operator' }],
    ['staff', 'disable', colleague.staffId, {}],
    ['staff', 'enable', colleague.staffId, {}],
    ['staff', 'reset', colleague.staffId, {}],
    ['staff', 'inviteAgain', colleague.staffId, {}],
    ['staff', 'setPassword', colleague.staffId, {}],
    ['staff', 'resetSecondFactor', withApp.staffId, {}],
    ['leases', 'disconnect', lease.leaseId, { reason: 'Lost', refund: true }],
    ['lease-requests', 'undoAssign', undone.request.id, { socialAccountId: undone.account.id, reason: 'Wrong one' }],
    ['organizations', 'suspend', organizationId, {}],
    ['organizations', 'resume', organizationId, {}],
    ['organizations', 'edit', organizationId, { priceCents: 12_345, reason: 'New contract' }],
    ['organizations', 'new', null, { name: `Whole ${organizationId}`, projects: ['One'], walletCents: 5 }],
  ];
}

async function doIt(resource: string, action: string, id: string | null, body: object) {
  if (id !== null) return admin.act(resource, id, action, body);
  const response = await admin.browser.post(`/admin/api/resources/${resource}/actions/${action}`).send(body);
  return { status: response.status, notice: response.body.notice as { type: string }, body: response.body as object };
}

describe('Keys, money and roles', () => {
  it('take a code of the last ten minutes, and nothing is done without', async () => {
    const all = await asked();
    await confirmedAgo('10 minutes 1 second');
    const before = await everything(service);
    for (const [resource, action, id, body] of all) {
      const answer = await doIt(resource, action, id, body);
      expect([resource, action, answer.status]).toEqual([resource, action, 403]);
      expect(answer.body).toMatchObject({
        confirm: 'second-factor',
        notice: { type: 'error', message: expect.stringMatching(/Confirm with a code/) },
      });
    }
    expect(await everything(service)).toBe(before);

    expect((await confirm(admin, await codeOf(service, admin.secret))).status).toBe(200);
    for (const [resource, action, id, body] of all) {
      const answer = await doIt(resource, action, id, body);
      expect([resource, action, answer.notice]).toEqual([
        resource,
        action,
        expect.objectContaining({ type: 'success' }),
      ]);
    }
  });

  it('take it until the tenth minute, by the database’s clock', async () => {
    const { organizationId } = await aPartner(service);
    await confirmedAgo('9 minutes 50 seconds');
    expect((await admin.act('wallets', organizationId, 'adjust', { amountCents: 5, reason: 'Gift' })).status).toBe(200);
    await confirmedAgo('10 minutes 1 second');
    expect((await admin.act('wallets', organizationId, 'adjust', { amountCents: 5, reason: 'Gift' })).status).toBe(403);
  });

  it('are confirmed by a right code alone, each code once, and a recovery code does as well', async () => {
    const { organizationId } = await aPartner(service);
    const adjust = () => admin.act('wallets', organizationId, 'adjust', { amountCents: 5, reason: 'Gift' });
    for (const code of ['000000', '', 7, null, ['123456'], { code: 1 }]) {
      await service.dataSource.query('DELETE FROM sign_in_attempt');
      const answer = await confirm(admin, code);
      expect([code, answer.status, answer.body.notice.type]).toEqual([code, 422, 'error']);
    }
    expect((await adjust()).status).toBe(403);
    const code = await codeOf(service, admin.secret);
    expect((await confirm(admin, code)).body.notice).toMatchObject({ type: 'success' });
    expect((await adjust()).status).toBe(200);
    expect((await confirm(admin, code)).status).toBe(422);
    await confirmedAgo('11 minutes');
    expect((await confirm(admin, admin.recoveryCodes[0])).status).toBe(200);
    expect((await adjust()).status).toBe(200);
  });

  it('are kept from who guesses codes', async () => {
    for (let n = 0; n < 5; n += 1) expect((await confirm(admin, `88888${n}`)).status).toBe(422);
    const refused = await confirm(admin, await codeOf(service, admin.secret));
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBeDefined();
  });

  it('ask nobody without a second factor, and other work asks nobody', async () => {
    const { organizationId } = await aPartner(service);
    const finance = await signedIn(service, 'finance');
    const adjusted = await finance.act('wallets', organizationId, 'adjust', { amountCents: 5, reason: 'Gift' });
    expect(adjusted.notice).toMatchObject({ type: 'success' });
    expect((await confirm(finance, '123456')).status).toBe(409);
    const renamed = await admin.act('organizations', organizationId, 'edit', { name: `Renamed ${organizationId}` });
    expect(renamed.notice).toMatchObject({ type: 'success' });
    expect((await admin.get('/resources/api-keys/actions/list')).status).toBe(200);
  });

  it('let an operator take back an own assignment, which is part of making it', async () => {
    const operator = await signedInWithApp(service, 'operator');
    await confirmedAgo('11 minutes', operator);
    const { request, account } = await assigned(service, 2, operator);
    const undone = await operator.act('lease-requests', request.id, 'undoAssign', {
      socialAccountId: account.id,
      reason: 'Wrong one',
    });
    expect(undone.notice).toMatchObject({ type: 'success' });
  });

  it('cannot be confirmed by a page of another site', async () => {
    const code = await codeOf(service, admin.secret);
    const foreign = await confirm(admin, code).set('Origin', 'https://elsewhere.example');
    expect(foreign.status).toBe(403);
    expect((await confirm(admin, code)).status).toBe(200);
  });
});
