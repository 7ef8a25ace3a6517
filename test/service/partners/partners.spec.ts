import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newApiKey, parseApiKey } from '../../../src/partner-api/api-key-format.js';
import { ApiKeysService } from '../../../src/partners/api-keys.service.js';
import { OrganizationsService } from '../../../src/partners/organizations.service.js';
import { ProjectsService } from '../../../src/partners/projects.service.js';
import { roles } from '../../../src/authorization/roles.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { balanceOf, everything, expectCleanBooks, outcomes } from '../../support/ledger.js';
import { aPartner, aStaffMember, theSystem } from '../../support/makers.js';

let service: TestApp;
let organizations: OrganizationsService;
let projects: ProjectsService;
let apiKeys: ApiKeysService;

beforeAll(async () => {
  service = await startTestApp();
  organizations = service.app.get(OrganizationsService, { strict: false });
  projects = service.app.get(ProjectsService, { strict: false });
  apiKeys = service.app.get(ApiKeysService, { strict: false });
});
afterAll(() => service.close());

let made = 0;
const aName = () => `Organization ${(made += 1)}`;
const aProjectId = () => makeProjectId(made++);
const makeProjectId = (n: number) => `prj_00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** What the trail has of a thing, oldest first. */
function trailOf(objectId: string) {
  return service.dataSource.query(
    `SELECT type, actor_kind AS "actorKind", actor_id AS "actorId", request_id AS "requestId", data, internal
       FROM audit_event WHERE object_id = $1 ORDER BY occurred_at, id`,
    [objectId],
  );
}

/** That the call is refused so, and that nothing has changed. */
async function expectRefused(call: () => Promise<unknown>, refusal: object): Promise<void> {
  const before = await state();
  await expect(call()).rejects.toMatchObject(refusal);
  expect(await state()).toBe(before);
}

async function state(): Promise<string> {
  const partners = await service.dataSource.query(
    `SELECT (SELECT jsonb_agg(o ORDER BY id) FROM organization o) AS o, (SELECT jsonb_agg(p ORDER BY id) FROM project p) AS p,
            (SELECT jsonb_agg(k ORDER BY id) FROM api_key k) AS k`,
  );
  return (await everything(service)) + JSON.stringify(partners);
}

describe('a new partner', () => {
  it('has its projects, its money and a key that admission will find', async () => {
    const caller = theSystem();
    const projectId = aProjectId();
    const partner = await organizations.create(caller, {
      name: '  Brew Lab ',
      projects: ['Launch', 'Second'],
      projectId,
      walletCents: 100_000,
      tier: 'internal',
      priceCents: 12_000,
    });
    expect(partner.projects).toEqual([
      { id: projectId, name: 'Launch' },
      { id: expect.stringMatching(/^prj_/), name: 'Second' },
    ]);
    expect(await balanceOf(service, partner.organizationId)).toBe(100_000);

    const { prefix, secretDigest } = parseApiKey(partner.apiKey)!;
    const [key] = await service.dataSource.query(
      'SELECT id, secret_digest AS digest, env, scopes, tier FROM api_key WHERE prefix = $1',
      [prefix],
    );
    expect(key).toEqual({
      id: partner.apiKeyId,
      digest: secretDigest,
      env: 'live',
      scopes: ['leased:write'],
      tier: 'internal',
    });
    const [organization] = await service.dataSource.query(
      'SELECT name, price_cents AS "priceCents" FROM organization WHERE id = $1',
      [partner.organizationId],
    );
    expect(organization).toEqual({ name: 'Brew Lab', priceCents: 12_000 });
    await expectCleanBooks(service);

    const trail = await trailOf(partner.organizationId);
    expect(trail.map((event: { type: string }) => event.type).sort()).toEqual([
      'organization.created',
      'wallet.topped_up',
    ]);
    expect(trail[0]).toMatchObject({ actorKind: 'system', actorId: 'system', requestId: caller.callId });
  });

  it('is there as a whole or not at all: a taken project id leaves no organization behind', async () => {
    const projectId = aProjectId();
    await organizations.create(theSystem(), { name: aName(), projects: ['One'], projectId });
    await expectRefused(
      () => organizations.create(theSystem(), { name: aName(), projects: ['One'], projectId, walletCents: 5 }),
      { code: 'CONFLICT', details: { reason: 'already_exists' }, message: expect.stringContaining(projectId) },
    );
  });

  it('cannot take the name of another, in whatever case, nor can twenty at once', async () => {
    const name = aName();
    await organizations.createEmpty(theSystem(), { name });
    await expectRefused(() => organizations.createEmpty(theSystem(), { name: name.toUpperCase() }), {
      code: 'CONFLICT',
      details: { reason: 'already_exists' },
    });
    const another = aName();
    const { done, refused } = await outcomes(
      Array.from({ length: 20 }, () => organizations.createEmpty(theSystem(), { name: another })),
    );
    expect([done.length, refused.length]).toEqual([1, 19]);
    const [found] = await service.dataSource.query('SELECT count(*) AS n FROM organization WHERE name = $1', [another]);
    expect(found.n).toBe(1);
  });

  it.each([
    [{}, ['name', 'projects']],
    [{ name: '', projects: [] }, ['name', 'projects']],
    [{ name: ' ', projects: [''] }, ['name', 'projects']],
    [{ name: 5, projects: 'One' }, ['name', 'projects']],
    [{ name: 'a\0b', projects: ['\ud800'] }, ['name', 'projects']],
    [{ name: '😀'.repeat(201), projects: ['x'.repeat(201)] }, ['name', 'projects']],
    [{ name: 'x'.repeat(1_000_000), projects: ['One', 'One'] }, ['name', 'projects']],
    [{ name: null, projects: null, walletCents: null }, ['name', 'projects', 'walletCents']],
    [{ name: 'a', projects: ['b'], walletCents: '5' }, ['walletCents']],
    [{ name: 'a', projects: ['b'], walletCents: -1 }, ['walletCents']],
    [{ name: 'a', projects: ['b'], walletCents: 5.5 }, ['walletCents']],
    [{ name: 'a', projects: ['b'], walletCents: 1e300 }, ['walletCents']],
    [{ name: 'a', projects: ['b'], priceCents: 0 }, ['priceCents']],
    [{ name: 'a', projects: ['b'], priceCents: 100_000_001 }, ['priceCents']],
    [{ name: 'a', projects: ['b'], projectId: 'prj_1' }, ['projectId']],
    [{ name: 'a', projects: ['b'], projectId: makeProjectId(1).toUpperCase() }, ['projectId']],
    [{ name: 'a', projects: ['b'], tier: 'gold' }, ['tier']],
    [{ name: 'a', projects: ['b'], unknown: 1, constructor: 2 }, ['constructor', 'unknown']],
    [JSON.parse('{"name":"a","projects":["b"],"__proto__":{"walletCents":5}}'), ['__proto__']],
  ])('is refused with every fault named: %#', async (input, paths) => {
    const before = await state();
    const error = await organizations.create(theSystem(), input as object).catch((fault) => fault);
    expect(error.code).toBe('VALIDATION');
    expect(error.details.fields.map((fault: { path: string }) => fault.path).sort()).toEqual(paths);
    expect(await state()).toBe(before);
  });

  it.each([null, undefined, 'text', 5, []])('is refused when the input is %p', async (input) => {
    await expect(organizations.create(theSystem(), input as never)).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('may have a name of 200 code points', async () => {
    const name = '😀'.repeat(200);
    expect((await organizations.createEmpty(theSystem(), { name })).name).toBe(name);
  });
});

describe('an organization', () => {
  it('is renamed and priced, with before and after on the trail', async () => {
    const { organizationId } = await organizations.createEmpty(theSystem(), { name: aName(), priceCents: 9_000 });
    const name = aName();
    const reason = 'The contract ended';
    await expectRefused(() => organizations.update(theSystem(), { organizationId, priceCents: null }), {
      code: 'VALIDATION',
    });
    expect(await organizations.update(theSystem(), { organizationId, name, priceCents: null, reason })).toMatchObject({
      name,
      priceCents: null,
    });
    const trail = await trailOf(organizationId);
    expect(trail.at(-1)).toMatchObject({
      type: 'organization.updated',
      data: {},
      internal: { reason, before: { priceCents: 9_000 }, after: { name, priceCents: null } },
    });
    await expectRefused(() => organizations.update(theSystem(), { organizationId }), { code: 'VALIDATION' });
    await expectRefused(() => organizations.update(theSystem(), { organizationId: 'org_none', name }), {
      code: 'NOT_FOUND',
    });
  });

  it('is suspended and resumed; again is the same answer and no second event', async () => {
    const { organizationId } = await organizations.createEmpty(theSystem(), { name: aName() });
    const { suspendedAt } = await organizations.suspend(theSystem(), { organizationId });
    expect(suspendedAt).toBeInstanceOf(Date);
    expect(await organizations.suspend(theSystem(), { organizationId })).toMatchObject({ suspendedAt });
    expect(await organizations.resume(theSystem(), { organizationId })).toMatchObject({ suspendedAt: null });
    expect(await organizations.resume(theSystem(), { organizationId })).toMatchObject({ suspendedAt: null });
    const types = (await trailOf(organizationId)).map((event: { type: string }) => event.type);
    expect(types).toEqual(['organization.created', 'organization.suspended', 'organization.resumed']);
  });
});

describe('a project', () => {
  it('is made and renamed', async () => {
    const { organizationId } = await aPartner(service);
    const project = await projects.create(theSystem(), { organizationId, name: 'Launch' });
    expect(project).toMatchObject({ organizationId, name: 'Launch' });
    await projects.rename(theSystem(), { projectId: project.projectId, name: ' Relaunch ' });
    expect((await trailOf(project.projectId)).at(-1)).toMatchObject({
      type: 'project.updated',
      internal: { before: { name: 'Launch' }, after: { name: 'Relaunch' } },
    });
  });

  it('cannot be made under an id that is taken, or for nobody', async () => {
    const partner = await aPartner(service);
    const projectId = aProjectId();
    await projects.create(theSystem(), { organizationId: partner.organizationId, name: 'One', projectId });
    const again = { organizationId: partner.organizationId, name: 'Two', projectId };
    await expectRefused(() => projects.create(theSystem(), again), { code: 'CONFLICT' });
    await expectRefused(() => projects.create(theSystem(), { organizationId: 'org_none', name: 'Two' }), {
      code: 'NOT_FOUND',
    });
  });
});

describe('a key', () => {
  it('is told once and kept as a digest', async () => {
    const { organizationId } = await aPartner(service);
    const key = await apiKeys.create(theSystem(), { organizationId, name: 'CI', scopes: ['keys:write', '*'] });
    const secret = key.apiKey.slice('lp_live_0123456789ABCDEF_'.length);
    const [row] = await service.dataSource.query('SELECT k::text AS text FROM api_key k WHERE id = $1', [key.apiKeyId]);
    expect(row.text).toContain(createHash('sha256').update(secret).digest('hex'));
    expect(row.text).not.toContain(secret);
    expect(JSON.stringify(await trailOf(key.apiKeyId))).not.toContain(secret);
  });

  it('is killed and resumed, until it is revoked for good', async () => {
    const { apiKeyId } = await aPartner(service);
    const input = { apiKeyId };
    const { killedAt } = await apiKeys.kill(theSystem(), input);
    expect(killedAt).toBeInstanceOf(Date);
    expect(await apiKeys.kill(theSystem(), input)).toMatchObject({ killedAt });
    expect(await apiKeys.resume(theSystem(), input)).toMatchObject({ killedAt: null });
    const { revokedAt } = await apiKeys.revoke(theSystem(), input);
    expect(revokedAt).toBeInstanceOf(Date);
    expect(await apiKeys.revoke(theSystem(), input)).toMatchObject({ revokedAt });
    const final = { code: 'CONFLICT', details: { reason: 'key_revoked' } };
    await expectRefused(() => apiKeys.kill(theSystem(), input), final);
    await expectRefused(() => apiKeys.resume(theSystem(), input), final);
    const types = (await trailOf(apiKeyId)).map((event: { type: string }) => event.type);
    expect(types).toEqual(['api_key.killed', 'api_key.resumed', 'api_key.revoked']);
  });

  it('is rotated for a partner, unless it is killed or revoked', async () => {
    const { apiKeyId, organizationId } = await aPartner(service);
    const before = await apiKeys.create(theSystem(), { organizationId });
    const rotated = await apiKeys.rotate(theSystem(), { apiKeyId: before.apiKeyId, graceSeconds: 60 });
    expect(rotated).toMatchObject({ apiKeyId: before.apiKeyId, previousPrefix: before.prefix, tier: 'standard' });
    expect(rotated.prefix).toBe(parseApiKey(rotated.apiKey)!.prefix);
    expect((await trailOf(before.apiKeyId)).at(-1)).toMatchObject({
      type: 'api_key.rotated',
      actorKind: 'system',
      data: { prefix: rotated.prefix, graceSeconds: 60 },
      internal: { before: { prefix: before.prefix }, after: { prefix: rotated.prefix } },
    });
    for (const graceSeconds of [-1, 86_401, '60', 0.5, null]) {
      await expectRefused(() => apiKeys.rotate(theSystem(), { apiKeyId, graceSeconds }), { code: 'VALIDATION' });
    }
    await expectRefused(() => apiKeys.rotate(theSystem(), { apiKeyId: 'key_none' }), { code: 'NOT_FOUND' });
    await apiKeys.kill(theSystem(), { apiKeyId });
    await expectRefused(() => apiKeys.rotate(theSystem(), { apiKeyId }), { details: { reason: 'key_killed' } });
    await apiKeys.revoke(theSystem(), { apiKeyId });
    await expectRefused(() => apiKeys.rotate(theSystem(), { apiKeyId }), { details: { reason: 'key_revoked' } });
  });

  it('ends revoked whichever of twenty callers came first', async () => {
    const { apiKeyId } = await aPartner(service);
    const deeds = [apiKeys.kill, apiKeys.resume, apiKeys.revoke, apiKeys.kill];
    await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => deeds[n % 4]!.call(apiKeys, theSystem(), { apiKeyId })),
    );
    const [key] = await service.dataSource.query('SELECT revoked_at AS "revokedAt" FROM api_key WHERE id = $1', [
      apiKeyId,
    ]);
    expect(key.revokedAt).toBeInstanceOf(Date);
    const types = (await trailOf(apiKeyId)).map((event: { type: string }) => event.type);
    expect(types.filter((type: string) => type === 'api_key.revoked')).toHaveLength(1);
    expect(types.at(-1)).toBe('api_key.revoked');
  });

  it.each([
    [{ env: 'test' }, 'test keys belong to the partner’s sandbox'],
    [{ env: 'prod' }, 'must be one of live, test'],
    [{ scopes: ['leased:read'] }, 'must be one of leased:write, keys:write, *'],
    [{ scopes: 'leased:write' }, 'must be a list'],
    [{ scopes: ['*', '*'] }, 'duplicates'],
    [{ tier: 'gold' }, 'must be one of standard, pilot, partner, internal'],
    [{ name: '' }, 'must not be empty'],
  ])('is refused: %j', async (wish, sentence) => {
    const { organizationId } = await aPartner(service);
    await expectRefused(() => apiKeys.create(theSystem(), { organizationId, ...wish }), {
      code: 'VALIDATION',
      message: expect.stringContaining(sentence),
    });
  });

  it('needs an organization', async () => {
    await expectRefused(() => apiKeys.create(theSystem(), { organizationId: 'org_none' }), { code: 'NOT_FOUND' });
    await expectRefused(() => apiKeys.kill(theSystem(), { apiKeyId: 'key_none' }), { code: 'NOT_FOUND' });
  });
});

describe('the text of a key', () => {
  it('is read again as it was made', () => {
    for (let n = 0; n < 200; n += 1) {
      const { apiKey, env, prefix, secretDigest } = newApiKey(n % 2 === 0 ? 'live' : 'test');
      expect(apiKey).toMatch(/^lp_(live|test)_[0-9A-HJKMNP-TV-Z]{16}_[A-Za-z0-9_-]{43}$/);
      expect(parseApiKey(apiKey)).toEqual({ env, prefix, secretDigest });
    }
  });

  const prefix = '0123456789ABCDEF';
  it('may have underscores in its secret', () => {
    expect(parseApiKey(`lp_live_${prefix}_${'_'.repeat(43)}`)).toMatchObject({ prefix });
  });

  it.each([
    '',
    'lp',
    'lp_live',
    `lp_live_${prefix}`,
    `lp_live_${prefix}_`,
    `lp_live_${prefix}_${'a'.repeat(42)}`,
    `lp_live_${prefix}_${'a'.repeat(44)}`,
    `lp_live_${prefix}_${'a'.repeat(42)}=`,
    `lp_live_${prefix}_${'a'.repeat(42)}\n`,
    `lp_live_${prefix.toLowerCase()}_${'a'.repeat(43)}`,
    `lp_live_0123456789ABCDEU_${'a'.repeat(43)}`,
    `lp_prod_${prefix}_${'a'.repeat(43)}`,
    `LP_live_${prefix}_${'a'.repeat(43)}`,
    ` lp_live_${prefix}_${'a'.repeat(43)}`,
  ])('is nothing else: %j', (text) => {
    expect(parseApiKey(text)).toBeNull();
  });
});

describe('partners, projects and keys', () => {
  it.each(roles.filter((role) => role !== 'admin'))('are not for %s to manage', async (role) => {
    const caller = await aStaffMember(service, role);
    const { organizationId, projectId, apiKeyId } = await aPartner(service);
    const calls = [
      () => organizations.create(caller, { name: aName(), projects: ['One'] }),
      () => organizations.createEmpty(caller, { name: aName() }),
      () => organizations.update(caller, { organizationId, name: aName() }),
      () => organizations.suspend(caller, { organizationId }),
      () => organizations.resume(caller, { organizationId }),
      () => projects.create(caller, { organizationId, name: 'Two' }),
      () => projects.rename(caller, { projectId, name: 'Two' }),
      () => apiKeys.create(caller, { organizationId }),
      () => apiKeys.kill(caller, { apiKeyId }),
      () => apiKeys.resume(caller, { apiKeyId }),
      () => apiKeys.revoke(caller, { apiKeyId }),
      () => apiKeys.rotate(caller, { apiKeyId }),
    ];
    // A refusal may come before the promise does.
    for (const call of calls) await expectRefused(async () => call(), { code: 'FORBIDDEN_ROLE' });
  });

  it('are an admin’s, whose name is on the trail', async () => {
    const admin = await aStaffMember(service, 'admin');
    const { apiKeyId } = await aPartner(service);
    await apiKeys.kill(admin, { apiKeyId });
    expect((await trailOf(apiKeyId)).at(-1)).toMatchObject({ actorKind: 'staff', actorId: admin.staffId });
  });
});
