import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountPoolService } from '../../../src/account-pool/account-pool.service.js';
import { AccountsImport } from '../../../src/account-pool/import/accounts-import.service.js';
import { TurnaroundService } from '../../../src/account-pool/turnaround.service.js';
import { DomainEvents } from '../../../src/core/domain-events.js';
import { Transactions } from '../../../src/core/transactions.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { anAccount, aRequestThatFits, aStaffMember, atOnce, callerOf, theSystem } from '../../support/makers.js';
import { aSandboxAccount } from '../../support/sandboxes.js';

const HOLD_HOURS = 24;
const ALL = ['bio', 'link', 'posts', 'credentials'];
let service: TestApp;
let turnaround: TurnaroundService;
const announced: (string | undefined)[] = [];

beforeAll(async () => {
  service = await startTestApp({ releaseHoldHours: HOLD_HOURS });
  turnaround = service.app.get(TurnaroundService, { strict: false });
  service.app.get(DomainEvents, { strict: false }).on('accountsBecameAvailable', (event) => {
    announced.push('socialAccountId' in event ? event.socialAccountId : undefined);
    return Promise.resolve();
  });
});
afterAll(() => service.close());

/** An account that a partner has just given back. */
async function aReleasedAccount(): Promise<string> {
  const { partner, request, account } = await aRequestThatFits(service, { count: 1 });
  const fulfilment = service.app.get(FulfillmentService, { strict: false });
  await fulfilment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account.id });
  const leases = service.app.get(LeasesService, { strict: false });
  await service.app
    .get(Transactions, { strict: false })
    .run((em) => leases.release(em, callerOf(partner), { socialAccountId: account.id }));
  return account.id;
}

async function stateOf(id: string) {
  const [account] = await service.dataSource.query(
    'SELECT status, turnaround, resetting_until AS "resettingUntil" FROM social_account WHERE id = $1',
    [id],
  );
  return account as { status: string; turnaround: string[]; resettingUntil: Date | null };
}

const trailOf = (id: string) =>
  service.dataSource.query(
    `SELECT actor_kind AS kind, internal FROM audit_event WHERE object_id = $1 AND type = 'social_account.updated' ORDER BY id`,
    [id],
  );

async function timeIsOver(id: string): Promise<void> {
  await service.dataSource.query(
    `UPDATE social_account SET resetting_until = now() - interval '1 second' WHERE id = $1`,
    [id],
  );
}

const settled = () => service.app.get(Transactions, { strict: false }).idle();

describe('An account that a partner gave back', () => {
  it('rests for the hours that the settings say, and is available when they are over', async () => {
    const id = await aReleasedAccount();
    const { status, resettingUntil } = await stateOf(id);
    expect(status).toBe('resetting');
    const hours = (resettingUntil!.getTime() - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(HOLD_HOURS - 0.1);
    expect(hours).toBeLessThanOrEqual(HOLD_HOURS);

    await turnaround.sweep();
    expect(await stateOf(id)).toMatchObject({ status: 'resetting' });
    await timeIsOver(id);
    await turnaround.sweep();
    expect(await stateOf(id)).toEqual({ status: 'available', turnaround: [], resettingUntil: null });
    await settled();
    expect(announced).toContain(id);
    expect(await trailOf(id)).toMatchObject([
      {
        kind: 'system',
        internal: { because: 'rested', before: { status: 'resetting' }, after: { status: 'available' } },
      },
    ]);
  });

  it('is available at once with the last tick of its list', async () => {
    const id = await aReleasedAccount();
    const operator = await aStaffMember(service, 'operator');
    await turnaround.check(operator, { socialAccountId: id, items: ['posts', 'bio'] });
    expect(await stateOf(id)).toMatchObject({ status: 'resetting', turnaround: ['bio', 'posts'] });
    await turnaround.check(operator, { socialAccountId: id, items: ['bio'] });
    expect(await trailOf(id)).toHaveLength(1);
    await turnaround.check(operator, { socialAccountId: id, items: ['link', 'credentials'] });
    expect(await stateOf(id)).toEqual({ status: 'available', turnaround: ALL, resettingUntil: null });
    await settled();
    expect(announced).toContain(id);
    expect(await trailOf(id)).toMatchObject([
      { kind: 'staff', internal: { after: { turnaround: ['bio', 'posts'] } } },
      {
        kind: 'staff',
        internal: { because: 'checked', before: { status: 'resetting' }, after: { status: 'available' } },
      },
    ]);
  });

  it('is freed once when ten sweep and tick at the same moment', async () => {
    const id = await aReleasedAccount();
    await timeIsOver(id);
    await atOnce(10, (n) =>
      n % 2 === 0
        ? turnaround.sweep()
        : turnaround.check(theSystem(), { socialAccountId: id, items: ALL }).then(() => undefined),
    );
    const freed = (await trailOf(id)).filter(
      ({ internal }: { internal: { before: { status: string } } }) => internal.before.status === 'resetting',
    );
    expect(freed).toHaveLength(1);
    expect(await stateOf(id)).toMatchObject({ status: 'available' });
  });

  it('that is set to rest by hand again rests without an end', async () => {
    const id = await aReleasedAccount();
    const pool = service.app.get(AccountPoolService, { strict: false });
    await timeIsOver(id);
    await pool.edit(theSystem(), { socialAccountId: id, status: 'quarantined' });
    await pool.edit(theSystem(), { socialAccountId: id, status: 'resetting' });
    await turnaround.sweep();
    expect(await stateOf(id)).toEqual({ status: 'resetting', turnaround: [], resettingUntil: null });
  });

  it('keeps its rest through an import that states no status', async () => {
    const id = await aReleasedAccount();
    const [{ handle }] = await service.dataSource.query('SELECT handle FROM social_account WHERE id = $1', [id]);
    const imports = service.app.get(AccountsImport, { strict: false });
    await imports.import(theSystem(), Buffer.from(`handle,followers,vertical,language,geo\n${handle},77,tea,en,US\n`));
    expect((await stateOf(id)).resettingUntil).not.toBeNull();
  });
});

describe('The turnaround list', () => {
  it('may also be ticked where an account is available and not yet checked', async () => {
    const { id } = await anAccount(service);
    await turnaround.check(theSystem(), { socialAccountId: id, items: ALL });
    expect(await stateOf(id)).toMatchObject({ status: 'available', turnaround: ALL });
  });

  it.each(['assigned', 'quarantined', 'warming', 'retired'])(
    'is not open for an account that is %s',
    async (status) => {
      const { id } = await anAccount(service, { status });
      await expect(turnaround.check(theSystem(), { socialAccountId: id, items: ['bio'] })).rejects.toMatchObject({
        code: 'CONFLICT',
      });
      expect(await stateOf(id)).toMatchObject({ status, turnaround: [] });
    },
  );

  it.each([[[]], [['beard']], ['bio'], [null], [['bio', 5]]])('refuses %j', async (items) => {
    const { id } = await anAccount(service);
    await expect(turnaround.check(theSystem(), { socialAccountId: id, items })).rejects.toMatchObject({
      code: 'VALIDATION',
    });
  });

  it('is for operators, and for accounts that are there', async () => {
    const { id } = await anAccount(service);
    for (const role of ['viewer', 'finance'] as const) {
      const caller = await aStaffMember(service, role);
      await expect(turnaround.check(caller, { socialAccountId: id, items: ALL })).rejects.toMatchObject({
        code: 'FORBIDDEN_ROLE',
      });
    }
    await expect(turnaround.check(theSystem(), { socialAccountId: 'sa_none', items: ALL })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is not checked by staff where it is a sandbox’s', async () => {
    const { id } = await aSandboxAccount(service);
    await service.dataSource.query(
      `UPDATE social_account SET status = 'resetting', resetting_until = now() + interval '1 day' WHERE id = $1`,
      [id],
    );
    await expect(turnaround.check(theSystem(), { socialAccountId: id, items: ALL })).rejects.toThrow('is a sandbox’s');
    expect(await stateOf(id)).toMatchObject({ status: 'resetting', turnaround: [] });
  });
});
