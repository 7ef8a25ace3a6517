import type { INestApplicationContext } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountPoolService } from '../account-pool/account-pool.service.js';
import { findCandidates } from '../account-pool/matching.js';
import type { PartnerCaller, StaffCaller } from '../authorization/actor.js';
import { newId, type LeaseRequestId } from '../core/ids.js';
import { FulfillmentService } from '../fulfillment/fulfillment.service.js';
import { ReviewService } from '../fulfillment/review.service.js';
import { SubmitLeaseRequest, SubmitLeaseRequestBody } from '../lease-requests/dto/submit-lease-request.js';
import { LeaseRequestsService } from '../lease-requests/lease-requests.service.js';
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
import { people, type Ask, type DemoAction, type DemoPartner, type Person } from './scenario.js';

/** A request of the demo and the accounts that it was given, in order. */
export interface SeededRequest {
  id: LeaseRequestId;
  ask: Ask;
  caller: () => PartnerCaller;
  accounts: string[];
  notes: string[];
}

/** How many of the best accounts an operator of the demo picks from. */
const LOOKED_AT = 5;

/** Does what the story says, each thing by one call of the service that the panel or the API would call. */
export class SeedSteps {
  private readonly staffIds = new Map<Person, string>();

  constructor(
    private readonly services: INestApplicationContext,
    private readonly em: EntityManager,
    private readonly chance: SeededRandom,
  ) {}

  enter(person: Person, staffId: string): void {
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

  async makeKilledKey(organizationId: string, name: string): Promise<void> {
    const keys = this.service(ApiKeysService);
    const { apiKeyId } = await keys.create(this.staff('ada'), { organizationId, name });
    await keys.kill(this.staff('ada'), { apiKeyId });
  }

  suspend(organizationId: string): Promise<unknown> {
    return this.service(OrganizationsService).suspend(this.staff('ada'), { organizationId });
  }

  markLow(organizationId: string, lowBalanceThresholdCents: number): Promise<unknown> {
    return this.service(LowBalanceService).set(this.staff('fiona'), { organizationId, lowBalanceThresholdCents });
  }

  topUp(organizationId: string, amountCents: number, reference: string): Promise<unknown> {
    return this.service(WalletsService).topUp(this.staff('fiona'), { organizationId, amountCents, reference });
  }

  adjust(organizationId: string, amountCents: number, reason: string): Promise<unknown> {
    return this.service(WalletsService).adjust(this.staff('fiona'), { organizationId, amountCents, reason });
  }

  async submit({ organizationId, apiKeyId }: NewPartner, projectId: string, ask: Ask): Promise<SeededRequest> {
    const caller = () => ({ kind: 'partner_api' as const, organizationId, apiKeyId, callId: newId('req') });
    const body = { projectId, ...ask };
    const call = Object.assign(new SubmitLeaseRequest(), {
      path: { projectId },
      headers: new IdempotencyHeader(),
      body: readFields(SubmitLeaseRequestBody, body, '', []),
      bodyFingerprint: fingerprint(body),
    });
    await this.service(LeaseRequestsService).submit(caller(), call);
    const [{ id }] = await this.em.query(
      'SELECT id FROM lease_request WHERE organization_id = $1 ORDER BY submitted_at DESC, id DESC LIMIT 1',
      [organizationId],
    );
    return { id, ask, caller, accounts: [], notes: [] };
  }

  /** Claims go by the database's clock, which stands still within the story's one transaction: without this none would ever end. */
  async release(): Promise<void> {
    await this.em.query(
      'UPDATE lease_request SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by IS NOT NULL',
    );
  }

  /** One deed; of several assignments, one. */
  async act(request: SeededRequest, deed: DemoAction): Promise<void> {
    const leaseRequestId = request.id;
    const review = this.service(ReviewService);
    if ('assign' in deed) {
      const socialAccountId = await this.pick(request.ask);
      await this.service(FulfillmentService).assign(this.staff(deed.by), { leaseRequestId, socialAccountId });
      request.accounts.push(socialAccountId);
    } else if ('undo' in deed) {
      const socialAccountId = toAccount(request, deed.undo);
      const input = { leaseRequestId, socialAccountId, reason: deed.reason };
      await this.service(FulfillmentService).undoAssign(this.staff(deed.by), input);
    } else if ('note' in deed) {
      const visibility = deed.visible ? ('partner' as const) : ('internal' as const);
      const input = { leaseRequestId, body: deed.note, visibility, blocker: deed.blocker };
      request.notes.push((await review.note(this.staff(deed.by), input)).noteId);
    } else if ('withdrawLastNote' in deed) {
      await review.withdrawNote(this.staff(deed.by), { leaseRequestId, noteId: request.notes.at(-1)! });
    } else if ('clearBlocker' in deed) {
      await review.clearBlocker(this.staff(deed.by), { leaseRequestId });
    } else if ('closeShort' in deed) {
      const input = { leaseRequestId, note: deed.closeShort, outcomeReason: deed.outcome };
      await review.closePartial(this.staff(deed.by), input);
    } else if ('reject' in deed) {
      await review.reject(this.staff(deed.by), { leaseRequestId, note: deed.reject, outcomeReason: deed.outcome });
    } else if ('release' in deed) {
      const input = { socialAccountId: toAccount(request, deed.release), reason: deed.reason };
      await this.service(LeasesService).release(this.em, request.caller(), input);
    } else {
      const leaseId = await this.liveLeaseOf(toAccount(request, deed.disconnect));
      const input = { leaseId, reason: deed.reason, refund: deed.refund };
      await this.service(LeasesService).disconnect(this.staff(deed.by), input);
    }
  }

  private async pick({ niche }: Ask): Promise<string> {
    const wish = { vertical: niche.vertical, language: niche.language ?? null, geo: niche.geo ?? null, sandbox: false };
    const candidates = await findCandidates(this.em, wish);
    const fitting = candidates.filter((candidate) => candidate.fits).slice(0, LOOKED_AT);
    const account = fitting.length > 0 ? this.chance.oneOf(fitting) : candidates[0];
    if (!account) throw new Error(`the demo's pool has no account for ${niche.vertical}`);
    return account.socialAccountId;
  }

  private async liveLeaseOf(socialAccountId: string): Promise<string> {
    const [{ id }] = await this.em.query(
      "SELECT id FROM lease WHERE social_account_id = $1 AND status IN ('active', 'past_due')",
      [socialAccountId],
    );
    return id;
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
function toAccount(request: SeededRequest, number: number): string {
  return request.accounts[number - 1]!;
}
