import type { INestApplicationContext } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountPoolService } from '../account-pool/account-pool.service.js';
import { findCandidates } from '../account-pool/matching.js';
import type { PartnerCaller, StaffCaller } from '../authorization/actor.js';
import { newId, type LeaseRequestId } from '../core/ids.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import { FulfillmentService } from '../fulfillment/fulfillment.service.js';
import { ReviewService } from '../fulfillment/review.service.js';
import { SubmitLeaseRequest, SubmitLeaseRequestBody } from '../lease-requests/dto/submit-lease-request.js';
import { LeaseRequestsService } from '../lease-requests/lease-requests.service.js';
import { isLiveSql } from '../leases/lease-sql.js';
import { LeasesService } from '../leases/leases.service.js';
import { ApiKeysService } from '../partners/api-keys.service.js';
import { OrganizationsService, type NewPartner } from '../partners/organizations.service.js';
import { readFields } from '../partner-api/validation/field.js';
import { fingerprint } from '../partner-api/fingerprint.js';
import { IdempotencyHeader } from '../partner-api/validation/request-parts.js';
import { LowBalanceService } from '../wallets/low-balance.service.js';
import { WalletsService } from '../wallets/wallets.service.js';
import type { SeededRandom } from './seeded-random.js';
import type { DemoAccount } from './seed-accounts.js';
import { people, type DemoRequestBody, type DemoAction, type DemoPartner, type Person } from './scenario.js';

export interface SeededRequest {
  id: LeaseRequestId;
  body: DemoRequestBody;
  caller: () => PartnerCaller;
  /** Ids, in the order of assignment. */
  accounts: string[];
  notes: string[];
}

/** The demo's operators pick from so many of the best accounts. */
const MAX_CANDIDATES = 5;

/** The steps of the demo, each one call of the service that the panel or the API would call. */
export class SeedSteps {
  private readonly staffIds = new Map<Person, string>();

  constructor(
    private readonly services: INestApplicationContext,
    private readonly em: EntityManager,
    private readonly random: SeededRandom,
  ) {}

  registerStaff(person: Person, staffId: string): void {
    this.staffIds.set(person, staffId);
  }

  async addAccount(account: DemoAccount): Promise<void> {
    const { reason, createdDaysAgo: _createdDaysAgo, ...fields } = account;
    const pool = this.service(AccountPoolService);
    const status = reason ? 'available' : account.status;
    const { socialAccountId } = await pool.create(this.staff('omar'), { ...fields, status });
    if (reason) await pool.quarantine(this.staff('jo'), { socialAccountId, reason });
  }

  createPartner(partner: DemoPartner): Promise<NewPartner> {
    const { name, projects, projectId, tier, priceCents, walletCents } = partner;
    const input = { name, projects, projectId, tier, priceCents, walletCents };
    return this.service(OrganizationsService).create(this.staff('ada'), input);
  }

  async createKilledKey(organizationId: string, name: string): Promise<void> {
    const keys = this.service(ApiKeysService);
    const { apiKeyId } = await keys.create(this.staff('ada'), { organizationId, name });
    await keys.kill(this.staff('ada'), { apiKeyId });
  }

  suspend(organizationId: string): Promise<unknown> {
    return this.service(OrganizationsService).suspend(this.staff('ada'), { organizationId });
  }

  setLowBalance(organizationId: string, lowBalanceThresholdCents: number): Promise<unknown> {
    return this.service(LowBalanceService).set(this.staff('fiona'), { organizationId, lowBalanceThresholdCents });
  }

  topUp(organizationId: string, amountCents: number, reference: string): Promise<unknown> {
    return this.service(WalletsService).topUp(this.staff('fiona'), {
      organizationId,
      amountCents,
      confirmedCents: amountCents,
      reference,
    });
  }

  adjust(organizationId: string, amountCents: number, reason: string): Promise<unknown> {
    return this.service(WalletsService).adjust(this.staff('fiona'), {
      organizationId,
      amountCents,
      confirmedCents: amountCents,
      reason,
    });
  }

  async submit(
    { organizationId, apiKeyId }: NewPartner,
    projectId: string,
    requestBody: DemoRequestBody,
  ): Promise<SeededRequest> {
    const caller = () => ({ kind: 'partner_api' as const, organizationId, apiKeyId, callId: newId('req') });
    const body = { projectId, ...requestBody };
    const call = Object.assign(new SubmitLeaseRequest(), {
      path: { projectId },
      headers: new IdempotencyHeader(),
      body: readFields(SubmitLeaseRequestBody, body, '', []),
      bodyFingerprint: fingerprint(body),
    });
    await this.service(LeaseRequestsService).submit(caller(), call);
    const newest = await queryRow<{ id: LeaseRequestId }>(
      this.em,
      sql`SELECT id FROM lease_request WHERE organization_id = ${organizationId} ORDER BY submitted_at DESC, id DESC LIMIT 1`,
    );
    return { id: newest!.id, body: requestBody, caller, accounts: [], notes: [] };
  }

  /** Claims expire by the database's `now()`, which never changes within the demo's one transaction. */
  async expireClaims(): Promise<void> {
    await queryRows(
      this.em,
      sql`UPDATE lease_request SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by IS NOT NULL`,
    );
  }

  /** Performs one action; `assign` assigns one account however many the action has. */
  async perform(request: SeededRequest, action: DemoAction): Promise<void> {
    const leaseRequestId = request.id;
    const review = this.service(ReviewService);
    if ('assign' in action) {
      const socialAccountId = await this.pickAccount(request.body);
      await this.service(FulfillmentService).assign(this.staff(action.by), { leaseRequestId, socialAccountId });
      request.accounts.push(socialAccountId);
    } else if ('undo' in action) {
      const socialAccountId = getAccount(request, action.undo);
      const input = { leaseRequestId, socialAccountId, reason: action.reason };
      await this.service(FulfillmentService).undoAssign(this.staff(action.by), input);
    } else if ('note' in action) {
      const visibility = action.visible ? ('partner' as const) : ('internal' as const);
      const input = { leaseRequestId, body: action.note, visibility, blocker: action.blocker };
      request.notes.push((await review.note(this.staff(action.by), input)).noteId);
    } else if ('withdrawLastNote' in action) {
      await review.withdrawNote(this.staff(action.by), { leaseRequestId, noteId: request.notes.at(-1)! });
    } else if ('clearBlocker' in action) {
      await review.clearBlocker(this.staff(action.by), { leaseRequestId });
    } else if ('closeShort' in action) {
      const input = { leaseRequestId, note: action.closeShort, outcomeReason: action.outcome };
      await review.closePartial(this.staff(action.by), input);
    } else if ('reject' in action) {
      await review.reject(this.staff(action.by), {
        leaseRequestId,
        note: action.reject,
        outcomeReason: action.outcome,
      });
    } else if ('release' in action) {
      const input = { socialAccountId: getAccount(request, action.release), reason: action.reason };
      await this.service(LeasesService).release(this.em, request.caller(), input);
    } else {
      const leaseId = await this.readLiveLeaseId(getAccount(request, action.disconnect));
      const input = { leaseId, reason: action.reason, refund: action.refund };
      await this.service(LeasesService).disconnect(this.staff(action.by), input);
    }
  }

  private async pickAccount({ niche }: DemoRequestBody): Promise<string> {
    const wish = { vertical: niche.vertical, language: niche.language ?? null, geo: niche.geo ?? null, sandbox: false };
    const candidates = await findCandidates(this.em, wish);
    const fitting = candidates.filter((candidate) => candidate.fits).slice(0, MAX_CANDIDATES);
    const account = fitting.length > 0 ? this.random.pick(fitting) : candidates[0];
    if (!account) throw new Error(`the demo's pool has no account for ${niche.vertical}`);
    return account.socialAccountId;
  }

  private async readLiveLeaseId(socialAccountId: string): Promise<string> {
    const lease = await queryRow<{ id: string }>(
      this.em,
      sql`SELECT id FROM lease WHERE social_account_id = ${socialAccountId} AND ${isLiveSql()}`,
    );
    return lease!.id;
  }

  private staff(person: Person): StaffCaller {
    const { name, role } = people[person];
    return { kind: 'staff', staffId: this.staffIds.get(person)!, name, role, callId: newId('req') };
  }

  private service<Service>(type: abstract new (...args: never[]) => Service): Service {
    return this.services.get(type as never, { strict: false });
  }
}

/** @param number from 1, in the order of assignment */
function getAccount(request: SeededRequest, number: number): string {
  return request.accounts[number - 1]!;
}
