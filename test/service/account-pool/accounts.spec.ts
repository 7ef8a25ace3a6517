import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountTransitions, accountStatuses, chosenStatuses } from '../../../src/account-pool/account-status.js';
import { AccountPoolService } from '../../../src/account-pool/account-pool.service.js';
import { AccountsImport } from '../../../src/account-pool/import/accounts-import.service.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { everything, expectCleanBooks, outcomes } from '../../support/ledger.js';
import { aFileOf, aRequestThatFits, aStaffMember, anAccount, theSystem } from '../../support/makers.js';

let service: TestApp;
let pool: AccountPoolService;
let imports: AccountsImport;
let fulfilment: FulfillmentService;

beforeAll(async () => {
  service = await startTestApp();
  pool = service.app.get(AccountPoolService, { strict: false });
  imports = service.app.get(AccountsImport, { strict: false });
  fulfilment = service.app.get(FulfillmentService, { strict: false });
});
afterAll(() => service.close());

let made = 0;
const aHandle = () => `@Pool.Account_${(made += 1)}`;
const anInput = (wishes: object = {}) => ({
  handle: aHandle(),
  followers: 1_200,
  verticals: ['coffee'],
  language: 'en',
  countries: ['US'],
  ...wishes,
});

async function expectRefused(call: () => Promise<unknown>, refusal: object): Promise<void> {
  const before = await everything(service);
  await expect(call()).rejects.toMatchObject(refusal);
  expect(await everything(service)).toBe(before);
}

async function aLeasedAccount() {
  const { request, account } = await aRequestThatFits(service, { count: 1 });
  await fulfilment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId: account.id });
  return account;
}

async function trailOf(objectId: string) {
  return service.dataSource.query(
    'SELECT type, internal FROM audit_event WHERE object_id = $1 ORDER BY occurred_at, id',
    [objectId],
  );
}

describe('an account of the pool', () => {
  it('is stored so that it compares with what partners ask for', async () => {
    const account = await pool.create(theSystem(), {
      handle: ' @Slow.Pour ',
      followers: 0,
      verticals: [' Home   Baristas', 'home baristas', 'CAFÉ'],
      language: 'EN-us',
      countries: ['US', 'CA', 'US'].slice(0, 2),
    });
    expect(account).toMatchObject({
      handle: 'Slow.Pour',
      verticals: ['home baristas', 'café'],
      language: 'en-US',
      countries: ['US', 'CA'],
      status: 'available',
    });
    expect(await trailOf(account.socialAccountId)).toMatchObject([
      { type: 'social_account.created', internal: { before: null, after: { handle: 'Slow.Pour' } } },
    ]);
  });

  it('is unique by its handle without @ and case, also when twenty add it at once', async () => {
    await pool.create(theSystem(), anInput({ handle: '@Only.One' }));
    await expectRefused(() => pool.create(theSystem(), anInput({ handle: 'only.ONE' })), {
      code: 'CONFLICT',
      details: { reason: 'already_exists' },
    });
    const { done, refused } = await outcomes(
      Array.from({ length: 20 }, () => pool.create(theSystem(), anInput({ handle: 'racing' }))),
    );
    expect([done.length, refused.length]).toEqual([1, 19]);
  });

  it.each([
    [{ handle: '' }, 'handle'],
    [{ handle: null }, 'handle'],
    [{ handle: '@@twice' }, 'handle'],
    [{ handle: 'with space' }, 'handle'],
    [{ handle: '=cmd()' }, 'handle'],
    [{ handle: 'nul\0' }, 'handle'],
    [{ handle: 'x'.repeat(51) }, 'handle'],
    [{ followers: '5' }, 'followers'],
    [{ followers: 5.5 }, 'followers'],
    [{ followers: -1 }, 'followers'],
    [{ followers: 9_000_000_001 }, 'followers'],
    [{ followers: 1e300 }, 'followers'],
    [{ verticals: [] }, 'verticals'],
    [{ verticals: 'coffee' }, 'verticals'],
    [{ verticals: [' '] }, 'verticals'],
    [{ verticals: ['x'.repeat(101)] }, 'verticals'],
    [{ verticals: ['İ'.repeat(100)] }, 'verticals'],
    [{ verticals: ['\udc00'] }, 'verticals'],
    [{ verticals: [5] }, 'verticals'],
    [{ verticals: Array.from({ length: 21 }, (_, n) => `v${n}`) }, 'verticals'],
    [{ language: 'english' }, 'language'],
    [{ language: 'en_US' }, 'language'],
    [{ language: '' }, 'language'],
    [{ language: `en${'-abcdefgh'.repeat(12)}` }, 'language'],
    [{ language: 5 }, 'language'],
    [{ countries: ['UK'] }, 'countries'],
    [{ countries: ['us'] }, 'countries'],
    [{ countries: [null] }, 'countries'],
    [{ countries: {} }, 'countries'],
    [{ status: 'assigned' }, 'status'],
    [{ status: 'AVAILABLE' }, 'status'],
    [{ sandbox: true }, 'sandbox'],
  ])('is refused: %j', async (wish, path) => {
    const error = await pool.create(theSystem(), anInput(wish)).catch((fault) => fault);
    expect(error.code).toBe('VALIDATION');
    expect(error.details.fields.map((fault: { path: string }) => fault.path)).toEqual([path]);
  });

  it('is edited in what is named and nothing else, with before and after on the trail', async () => {
    const before = await pool.create(theSystem(), anInput());
    const { socialAccountId } = before;
    expect(await pool.edit(theSystem(), { socialAccountId, followers: 1_300, status: 'resetting' })).toEqual({
      ...before,
      followers: 1_300,
      status: 'resetting',
    });
    expect((await trailOf(socialAccountId)).at(-1)).toEqual({
      type: 'social_account.updated',
      internal: { before, after: { ...before, followers: 1_300, status: 'resetting' } },
    });
    await pool.edit(theSystem(), { socialAccountId, followers: 1_300 });
    expect(await trailOf(socialAccountId)).toHaveLength(2);
  });

  it('moves by hand as the table says, and never to or from assigned', async () => {
    for (const from of accountStatuses) {
      for (const to of chosenStatuses) {
        if (from === to || from === 'assigned') continue;
        const { id } = await anAccount(service, { status: from });
        const edit = () => pool.edit(theSystem(), { socialAccountId: id, status: to });
        if ((accountTransitions[from] as readonly string[]).includes(to)) expect((await edit()).status).toBe(to);
        else await expectRefused(edit, { code: 'CONFLICT', details: { reason: 'not_allowed_now' } });
      }
    }
    const { id } = await anAccount(service);
    await expectRefused(() => pool.edit(theSystem(), { socialAccountId: id, status: 'assigned' }), {
      code: 'VALIDATION',
    });
  });

  it('is quarantined with a reason, which the next status forgets', async () => {
    const { id } = await anAccount(service);
    const quarantined = await pool.quarantine(theSystem(), { socialAccountId: id, reason: ' Banned ' });
    expect(quarantined).toMatchObject({ status: 'quarantined', statusReason: 'Banned' });
    expect((await trailOf(id)).at(-1)).toMatchObject({ type: 'social_account.quarantined' });
    expect(await pool.edit(theSystem(), { socialAccountId: id, status: 'available' })).toMatchObject({
      statusReason: null,
    });
    await expectRefused(() => pool.quarantine(theSystem(), { socialAccountId: id, reason: '' }), {
      code: 'VALIDATION',
    });
    await expectRefused(() => pool.quarantine(theSystem(), { socialAccountId: 'sa_none', reason: 'Lost' }), {
      code: 'NOT_FOUND',
    });
  });

  it('that is leased keeps its status and stays, but may be corrected otherwise', async () => {
    const { id } = await aLeasedAccount();
    const inUse = { code: 'CONFLICT', details: { reason: 'in_use' } };
    for (const status of chosenStatuses) {
      await expectRefused(() => pool.edit(theSystem(), { socialAccountId: id, status }), inUse);
    }
    await expectRefused(() => pool.quarantine(theSystem(), { socialAccountId: id, reason: 'Banned' }), inUse);
    await expectRefused(() => pool.remove(theSystem(), { socialAccountId: id }), inUse);
    expect(await pool.edit(theSystem(), { socialAccountId: id, followers: 77 })).toMatchObject({
      followers: 77,
      status: 'assigned',
    });
    await expectCleanBooks(service);
  });

  it('is deleted only if it was never leased', async () => {
    const { id } = await anAccount(service);
    await pool.remove(theSystem(), { socialAccountId: id });
    expect((await trailOf(id)).at(-1)).toMatchObject({ type: 'social_account.deleted', internal: { after: null } });

    const { request, account } = await aRequestThatFits(service, { count: 1 });
    const assignment = { leaseRequestId: request.id, socialAccountId: account.id };
    await fulfilment.assign(theSystem(), assignment);
    await fulfilment.undoAssign(theSystem(), { ...assignment, reason: 'Wrong one' });
    await expectRefused(() => pool.remove(theSystem(), { socialAccountId: account.id }), {
      code: 'CONFLICT',
      details: { reason: 'in_use' },
    });
  });

  it('is either leased or set aside when both are tried at the same moment', async () => {
    for (let round = 0; round < 25; round += 1) {
      const { request, account } = await aRequestThatFits(service, { count: 1 });
      const socialAccountId = account.id;
      await Promise.allSettled([
        fulfilment.assign(theSystem(), { leaseRequestId: request.id, socialAccountId }),
        pool.edit(theSystem(), { socialAccountId, status: 'retired' }),
        pool.quarantine(theSystem(), { socialAccountId, reason: 'Banned' }),
        pool.remove(theSystem(), { socialAccountId }),
      ]);
    }
    await expectCleanBooks(service);
  });

  it.each(['viewer', 'finance'] as const)('is not for %s to change', async (role) => {
    const caller = await aStaffMember(service, role);
    const { id } = await anAccount(service);
    const calls = [
      () => pool.create(caller, anInput()),
      () => pool.edit(caller, { socialAccountId: id, followers: 1 }),
      () => pool.quarantine(caller, { socialAccountId: id, reason: 'Banned' }),
      () => pool.remove(caller, { socialAccountId: id }),
      () => imports.import(caller, aFileOf('new.handle,1,coffee,en,US,')),
    ];
    for (const call of calls) await expectRefused(call, { code: 'FORBIDDEN_ROLE' });
  });

  it('is for operators to change', async () => {
    const operator = await aStaffMember(service, 'operator');
    expect(await pool.create(operator, anInput())).toMatchObject({ status: 'available' });
  });
});
