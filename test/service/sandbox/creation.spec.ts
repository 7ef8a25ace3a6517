import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../../src/core/ids.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { newApiKey } from '../../../src/partner-api/api-key-format.js';
import { ApiKeysService } from '../../../src/partners/api-keys.service.js';
import { SandboxesService } from '../../../src/partners/sandboxes.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { balanceOf, expectCleanBooks } from '../../support/ledger.js';
import {
  anAccount,
  aPartner,
  aRequest,
  aStaffMember,
  theSystem,
  topUp,
  type TestPartner,
} from '../../support/makers.js';
import { outcomes } from '../../support/ledger.js';
import { aSandbox, aSandboxAccount } from '../../support/sandboxes.js';

let service: TestApp;
let partner: TestPartner;
let sandbox: TestPartner;
beforeAll(async () => {
  service = await startTestApp();
  partner = await aPartner(service, { name: 'Brew Media', projects: 2, priceCents: 12_000 });
  sandbox = await aSandbox(service, partner);
});
afterAll(() => service.close());

const query = <Row>(text: string, values: unknown[] = []): Promise<Row[]> => service.dataSource.query(text, values);
const assign = (leaseRequestId: string, socialAccountId: string, caller = theSystem()) =>
  service.app
    .get(FulfillmentService, { strict: false })
    .assign(caller, { leaseRequestId, socialAccountId } as Parameters<FulfillmentService['assign']>[1]);

describe('a sandbox', () => {
  it('is an organization of its own, with the projects, the price and a key of the environment test', async () => {
    const [organization] = await query('SELECT name, sandbox, parent_id, price_cents FROM organization WHERE id = $1', [
      sandbox.organizationId,
    ]);
    expect(organization).toEqual({
      name: 'Brew Media (sandbox)',
      sandbox: true,
      parent_id: partner.organizationId,
      price_cents: 12_000,
    });
    expect(sandbox.projectIds).toHaveLength(2);
    expect(sandbox.apiKey).toMatch(/^lp_test_/);
    const [key] = await query('SELECT env, tier, scopes FROM api_key WHERE id = $1', [sandbox.apiKeyId]);
    expect(key).toEqual({ env: 'test', tier: 'standard', scopes: ['leased:write'] });
    expect(await balanceOf(service, sandbox.organizationId)).toBe(1_000_000);
    await expectCleanBooks(service);
  });

  it('is made once for a partner, whoever asks at the same moment', async () => {
    const { organizationId } = await aPartner(service);
    const sandboxes = service.app.get(SandboxesService, { strict: false });
    const calls = Array.from({ length: 5 }, () => sandboxes.create(theSystem(), { organizationId }));
    const { done, refused } = await outcomes(calls);
    expect([done.length, refused]).toEqual([1, Array(4).fill('already_exists')]);
    const made = await query('SELECT id FROM organization WHERE parent_id = $1', [organizationId]);
    expect(made).toHaveLength(1);
    await expect(sandboxes.create(theSystem(), { organizationId })).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { reason: 'already_exists' },
      message: expect.stringContaining('has a sandbox already: org_'),
    });
  });

  it('has none of its own, and belongs to a partner', async () => {
    const sandboxes = service.app.get(SandboxesService, { strict: false });
    const { organizationId } = sandbox;
    await expect(sandboxes.create(theSystem(), { organizationId })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(sandboxes.create(theSystem(), { organizationId: 'org_none' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const operator = await aStaffMember(service, 'operator');
    await expect(sandboxes.create(operator, { organizationId })).rejects.toMatchObject({ code: 'FORBIDDEN_ROLE' });
  });

  it('has the name of its partner cut where it would be too long', async () => {
    const long = await aSandbox(service, await aPartner(service, { name: '🐱'.repeat(200) }));
    const [organization] = await query<{ name: string }>('SELECT name FROM organization WHERE id = $1', [
      long.organizationId,
    ]);
    expect([...organization!.name]).toHaveLength(200);
  });

  it('gets further keys, which are test keys of the tier standard', async () => {
    const keys = service.app.get(ApiKeysService, { strict: false });
    const { organizationId } = sandbox;
    expect(await keys.create(theSystem(), { organizationId })).toMatchObject({ env: 'test', tier: 'standard' });
    await expect(keys.create(theSystem(), { organizationId, env: 'live' })).rejects.toMatchObject({
      code: 'VALIDATION',
    });
    await expect(keys.create(theSystem(), { organizationId, tier: 'partner' })).rejects.toMatchObject({
      code: 'VALIDATION',
    });
  });

  it('charges play money for a sandbox account, which its own accounts of the ledger take', async () => {
    const request = await aRequest(service, sandbox, { count: 1 });
    await assign(request.id, (await aSandboxAccount(service)).id);
    const moved = await query(
      'SELECT kind, debit_account_id, credit_account_id, sandbox FROM ledger_transfer WHERE organization_id = $1 ORDER BY wallet_seq',
      [sandbox.organizationId],
    );
    const wallet = `wallet:${sandbox.organizationId}`;
    expect(moved).toEqual([
      { kind: 'top_up', debit_account_id: 'sandbox_funding', credit_account_id: wallet, sandbox: true },
      { kind: 'lease_charge', debit_account_id: wallet, credit_account_id: 'sandbox_revenue', sandbox: true },
    ]);
    const [live] = await query<{ n: number }>(
      "SELECT count(*) AS n FROM ledger_transfer WHERE organization_id = $1 AND 'revenue' IN (debit_account_id, credit_account_id)",
      [sandbox.organizationId],
    );
    expect(live!.n).toBe(0);
    await expectCleanBooks(service);
  });

  it('is not served by staff, who top up and adjust its play money alone', async () => {
    const admin = await aStaffMember(service, 'admin');
    const request = await aRequest(service, sandbox, { count: 1 });
    const account = await aSandboxAccount(service);
    const refused = { code: 'CONFLICT', details: { reason: 'not_allowed_now' } };
    await expect(assign(request.id, account.id, admin as never)).rejects.toMatchObject(refused);
    const { leaseId } = await assign(request.id, account.id);
    const leases = service.app.get(LeasesService, { strict: false });
    await expect(leases.releaseFor(admin, { leaseId, reason: 'by mistake' })).rejects.toMatchObject(refused);
    const wallets = service.app.get(WalletsService, { strict: false });
    const { organizationId } = sandbox;
    await topUp(service, organizationId, 5_000);
    const amountCents = -200_000;
    const adjusted = await wallets.adjust(admin, {
      organizationId,
      amountCents,
      confirmedCents: amountCents,
      reason: 'a test',
    });
    expect(adjusted).toMatchObject({ proposalId: null });
    await expect(
      wallets.payOut(admin, { organizationId, amountCents: 100, reference: 'play payout' }),
    ).rejects.toMatchObject(refused);
    await expectCleanBooks(service);
  });
});

describe('the database refuses', () => {
  const refused = (text: string, values: unknown[]) => expect(query(text, values)).rejects.toThrow();

  it('a key of the other environment', async () => {
    const insert = async (organizationId: string, env: 'live' | 'test', tier = 'standard') => {
      const key = newApiKey(env);
      return query(
        `INSERT INTO api_key (id, organization_id, name, prefix, secret_digest, env, scopes, tier, created_at)
         VALUES ($1, $2, 'Raw', $3, $4, $5, '{}', $6, now())`,
        [newId('key'), organizationId, key.prefix, key.secretDigest, env, tier],
      );
    };
    await expect(insert(partner.organizationId, 'test')).rejects.toThrow('api_key_env_of_organization');
    await expect(insert(sandbox.organizationId, 'live')).rejects.toThrow('api_key_env_of_organization');
    await expect(insert(sandbox.organizationId, 'test', 'partner')).rejects.toThrow('api_key_test_is_standard');
    await refused("UPDATE api_key SET env = 'live' WHERE id = $1", [sandbox.apiKeyId]);
    await refused('UPDATE api_key SET organization_id = $2 WHERE id = $1', [sandbox.apiKeyId, partner.organizationId]);
    await insert(sandbox.organizationId, 'test');
  });

  it('that an organization or an account changes sides', async () => {
    await refused('UPDATE organization SET sandbox = false, parent_id = NULL WHERE id = $1', [sandbox.organizationId]);
    await refused('UPDATE organization SET sandbox = true, parent_id = $2 WHERE id = $1', [
      partner.organizationId,
      sandbox.organizationId,
    ]);
    await refused('UPDATE social_account SET sandbox = true WHERE id = $1', [(await anAccount(service)).id]);
  });

  it('a second sandbox of a partner', () =>
    expect(
      query(
        "INSERT INTO organization (id, name, sandbox, parent_id, created_at) VALUES ($1, 'Second', true, $2, now())",
        [newId('org'), partner.organizationId],
      ),
    ).rejects.toThrow('organization_sandbox_of'));

  it.each(['a sandbox with a live account', 'a partner with a sandbox account'] as const)(
    'a lease of %s',
    async (which) => {
      const isSandbox = which.startsWith('a sandbox');
      const owner = isSandbox ? sandbox : partner;
      const request = await aRequest(service, owner);
      const account = isSandbox ? await anAccount(service) : await aSandboxAccount(service);
      const lease = query(
        `INSERT INTO lease (id, lease_request_id, organization_id, project_id, social_account_id, price_cents, assigned_at, assigned_by,
                          anchor_day, next_renewal_at, status)
       VALUES ($1, $2, $3, $4, $5, 100, now(), 'raw', 1, now(), 'active')`,
        [newId('lse'), request.id, owner.organizationId, owner.projectId, account.id],
      );
      await expect(lease).rejects.toThrow('only a sandbox leases a sandbox account');
    },
  );

  it('play money for what is real, and the other way round', async () => {
    const request = await aRequest(service, partner, { count: 1 });
    const { leaseId } = await assign(request.id, (await anAccount(service)).id);
    const transfer = (organizationId: string, debit: string, credit: string, lease: string | null) =>
      query(
        `INSERT INTO ledger_transfer (id, kind, debit_account_id, credit_account_id, amount_cents, organization_id, lease_id, reason,
                                      booked_by, wallet_seq, wallet_balance_after, booked_at)
         VALUES ($1, 'adjustment', $2, $3, 1, $4, $5, 'raw', 'raw', 99, 1, now())`,
        [newId('txn'), debit, credit, organizationId, lease],
      );
    const play = `wallet:${sandbox.organizationId}`;
    const real = `wallet:${partner.organizationId}`;
    const refusal = 'play money pays for a sandbox alone';
    await expect(transfer(sandbox.organizationId, play, 'revenue', null)).rejects.toThrow(refusal);
    await expect(transfer(partner.organizationId, real, 'sandbox_revenue', null)).rejects.toThrow(refusal);
    await expect(transfer(sandbox.organizationId, play, real, null)).rejects.toThrow(refusal);
    await expect(transfer(partner.organizationId, real, play, null)).rejects.toThrow(refusal);
    await expect(transfer(sandbox.organizationId, play, 'sandbox_revenue', leaseId)).rejects.toThrow(refusal);
    await expectCleanBooks(service);
  });
});
