import { toTextKey } from '../../src/core/text-key.js';
import type { PartnerCaller, StaffCaller, SystemCaller } from '../../src/authorization/actor.js';
import { newId, type LeaseRequestId, type PartnerRequestId } from '../../src/core/ids.js';
import { newApiKey } from '../../src/partner-api/api-key-format.js';
import type { Role } from '../../src/authorization/roles.js';
import { WalletsService } from '../../src/wallets/wallets.service.js';
import type { TestApp } from './app.js';

let made = 0;

export interface TestKey {
  apiKey: string;
  apiKeyId: string;
}

/** An organisation with projects, a key and money. */
export interface TestPartner extends TestKey {
  organizationId: string;
  /** The first of {@link projectIds}. */
  projectId: string;
  projectIds: string[];
}

interface KeyWishes {
  scopes?: string[];
  tier?: 'standard' | 'pilot' | 'partner' | 'internal';
  env?: 'live' | 'test';
}

interface PartnerWishes extends KeyWishes {
  name?: string;
  walletCents?: number;
  priceCents?: number | null;
  projects?: number;
}

export async function aPartner(service: TestApp, wishes: PartnerWishes = {}): Promise<TestPartner> {
  const { name = `Partner ${(made += 1)}`, walletCents = 100_000, priceCents = null, projects = 1 } = wishes;
  const organizationId = newId('org');
  await service.dataSource.query(
    'INSERT INTO organization (id, name, price_cents, created_at) VALUES ($1, $2, $3, now())',
    [organizationId, name, priceCents],
  );
  const wallets = service.app.get(WalletsService, { strict: false });
  await wallets.open(service.dataSource.manager, organizationId);
  if (walletCents > 0) await topUp(service, organizationId, walletCents);
  const projectIds = await Promise.all(Array.from({ length: projects }, () => aProject(service, organizationId)));
  return { organizationId, projectIds, projectId: projectIds[0]!, ...(await aKey(service, organizationId, wishes)) };
}

export async function topUp(service: TestApp, organizationId: string, amountCents: number): Promise<void> {
  const wallets = service.app.get(WalletsService, { strict: false });
  const reference = `test top-up ${(made += 1)}`;
  await wallets.topUp(theSystem(), { organizationId, amountCents, confirmedCents: amountCents, reference });
}

export async function aProject(service: TestApp, organizationId: string): Promise<string> {
  const id = newId('prj');
  await service.dataSource.query(
    'INSERT INTO project (id, organization_id, name, created_at) VALUES ($1, $2, $3, now())',
    [id, organizationId, `Project ${(made += 1)}`],
  );
  return id;
}

export async function aKey(service: TestApp, organizationId: string, wishes: KeyWishes = {}): Promise<TestKey> {
  const { scopes = ['leased:write'], tier = 'standard', env = 'live' } = wishes;
  const key = newApiKey(env);
  const apiKeyId = newId('key');
  await service.dataSource.query(
    `INSERT INTO api_key (id, organization_id, name, prefix, secret_digest, env, scopes, tier, created_at)
     VALUES ($1, $2, 'Test key', $3, $4, $5, $6, $7, now())`,
    [apiKeyId, organizationId, key.prefix, key.secretDigest, env, scopes, tier],
  );
  return { apiKey: key.apiKey, apiKeyId };
}

interface AccountWishes {
  handle?: string;
  followers?: number;
  verticals?: string[];
  language?: string;
  countries?: string[];
  status?: string;
}

export async function anAccount(service: TestApp, wishes: AccountWishes = {}): Promise<{ id: string; handle: string }> {
  const id = newId('sa');
  const { handle = `account.${(made += 1)}`, followers = 10_000, verticals = ['coffee'] } = wishes;
  const { language = 'en', countries = ['US'], status = 'available' } = wishes;
  await service.dataSource.query(
    `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, now(), now())`,
    [id, handle, followers, verticals, language, countries, status],
  );
  return { id, handle };
}

/** So many available accounts of one vertical, in one statement. */
export async function manyAccounts(service: TestApp, count: number, vertical: string): Promise<void> {
  await service.dataSource.query(
    `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
     SELECT 'sa_' || gen_random_uuid(), $2 || '.' || n, 10000, ARRAY[$2], 'en', '{US}', 'available', now(), now()
       FROM generate_series(1, $1::int) n`,
    [count, vertical],
  );
}

interface RequestWishes {
  count?: number;
  vertical?: string;
  language?: string | null;
  geo?: string[] | null;
  projectId?: string;
  requestId?: string;
}

export interface TestRequest {
  id: LeaseRequestId;
  requestId: PartnerRequestId;
}

export async function aRequest(
  service: TestApp,
  partner: TestPartner,
  wishes: RequestWishes = {},
): Promise<TestRequest> {
  const id = newId('lreq');
  const { count = 3, vertical = 'coffee', language = 'en', geo = ['US'] } = wishes;
  const { projectId = partner.projectId, requestId = id } = wishes;
  await service.dataSource.query(
    `INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, language, geo,
                                status, submitted_at, updated_at, due_at, vertical_key)
     VALUES ($1, $2, $3, $4, $5, sha256('test'), $6, $7, $8, $9, 'requested', now(), now(), now() + interval '48 hours', $10)`,
    [
      ...[id, requestId, partner.organizationId, projectId, partner.apiKeyId, count, vertical, language, geo],
      toTextKey(vertical),
    ],
  );
  return { id, requestId: requestId as PartnerRequestId };
}

/** A partner with an open request and as many free accounts that fit it as it asks for. */
export async function aRequestThatFits(service: TestApp, wishes: PartnerWishes & RequestWishes = {}) {
  const partner = await aPartner(service, wishes);
  const request = await aRequest(service, partner, wishes);
  const accounts: { id: string; handle: string }[] = [];
  for (let n = 0; n < (wishes.count ?? 3); n += 1) accounts.push(await anAccount(service));
  return { partner, request, accounts, account: accounts[0]! };
}

/** A staff member who exists, as the panel names them to the services. */
export async function aStaffMember(service: TestApp, role: Role): Promise<StaffCaller> {
  const staffId = newId('stf');
  const name = `${role} ${(made += 1)}`;
  await service.dataSource.query(
    'INSERT INTO staff_user (id, email, name, role, created_at) VALUES ($1, $2, $3, $4, now())',
    [staffId, `${staffId}@staff.example`, name, role],
  );
  return { kind: 'staff', staffId, name, role, callId: newId('req') };
}

export function theSystem(): SystemCaller {
  return { kind: 'system', name: 'test', callId: newId('req') };
}

/** The partner as a service sees it behind the guard. */
export function callerOf(partner: TestPartner): PartnerCaller {
  const { organizationId, apiKeyId } = partner;
  return { kind: 'partner_api', organizationId, apiKeyId, callId: newId('req') };
}

/** Starts `count` of them before waiting for any. */
export function atOnce<T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => work(n)));
}

/** The header of a file of accounts. */
export const ACCOUNTS_HEADER = 'handle,followers,vertical,language,geo,status';

/** A file of accounts with these lines under its header. */
export function aFileOf(...lines: string[]): Buffer {
  return Buffer.from([ACCOUNTS_HEADER, ...lines, ''].join('\n'));
}
