import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../audit/actor.js';
import { AuditService } from '../audit/audit.service.js';
import type { AuditEventType } from '../audit/event-types.js';
import { Clock } from '../common/clock.js';
import { Conflict, NotFound } from '../common/errors.js';
import { Announcements } from '../common/house-events.js';
import { newId } from '../common/ids.js';
import { checked, IsListOf, IsOneOf, IsText, IsWholeNumber, Nullable, Optional, rule } from '../common/validation.js';
import { violates } from '../database/faults.js';
import { oneRow } from '../database/sql.js';
import { Transactions } from '../database/transactions.js';
import { mustBeAllowed } from '../staff/permissions.js';
import {
  countryFault,
  handleFault,
  languageFault,
  MAX_FOLLOWERS,
  MOST_COUNTRIES,
  MOST_VERTICALS,
  stored,
  verticalFault,
} from './account-fields.js';
import { chosenStatuses, mayMove, type AccountStatus, type ChosenStatus } from './account-status.js';

/** A warmed account of the pool. */
export interface SocialAccount {
  socialAccountId: string;
  handle: string;
  followers: number;
  verticals: string[];
  language: string;
  countries: string[];
  status: AccountStatus;
  statusReason: string | null;
}

export class CreateAccount {
  @rule('isHandle', handleFault)
  handle: string;
  @IsWholeNumber(0, MAX_FOLLOWERS)
  followers: number;
  @IsListOf(1, MOST_VERTICALS, verticalFault)
  verticals: string[];
  @rule('isLanguage', languageFault)
  language: string;
  @Optional()
  @IsListOf(0, MOST_COUNTRIES, countryFault)
  countries: string[] = [];
  @Optional()
  @IsOneOf(chosenStatuses)
  status: ChosenStatus = 'available';
}

/** What is left out stays as it is. */
export class EditAccount {
  @IsText(1, 100)
  socialAccountId: string;
  @Optional()
  @rule('isHandle', handleFault)
  handle?: string;
  @Optional()
  @IsWholeNumber(0, MAX_FOLLOWERS)
  followers?: number;
  @Optional()
  @IsListOf(1, MOST_VERTICALS, verticalFault)
  verticals?: string[];
  @Optional()
  @rule('isLanguage', languageFault)
  language?: string;
  @Optional()
  @IsListOf(0, MOST_COUNTRIES, countryFault)
  countries?: string[];
  @Optional()
  @IsOneOf(chosenStatuses)
  status?: ChosenStatus;
  /** Why the status is what it is; a change of status forgets the old one. */
  @Nullable()
  @IsText(1, 500)
  statusReason?: string | null;
}

export class QuarantineAccount {
  @IsText(1, 100)
  socialAccountId: string;
  @IsText(1, 500)
  reason: string;
}

export class NameAccount {
  @IsText(1, 100)
  socialAccountId: string;
}

const columns = `id AS "socialAccountId", handle, followers, verticals, language, countries, status, status_reason AS "statusReason"`;

/** The pool of warmed accounts, as staff keep it. Whether one is assigned is decided by leases alone. */
@Injectable()
export class AccountPoolService {
  constructor(
    private readonly transactions: Transactions,
    private readonly announcements: Announcements,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws Conflict when the handle is in the pool already, ValidationFailed, ForbiddenRole */
  async create(caller: Insider, input: object): Promise<SocialAccount> {
    mustBeAllowed(caller, 'editAccounts');
    const account = checked(CreateAccount, input);
    return this.transactions.run(async (em) => {
      const made = await oneRow<SocialAccount>(
        em,
        `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING ${columns}`,
        [
          newId('sa'),
          stored.handle(account.handle),
          account.followers,
          stored.verticals(account.verticals),
          stored.language(account.language),
          stored.countries(account.countries),
          account.status,
          this.clock.now(),
        ],
      ).catch(refuseTakenHandle);
      await this.record(em, caller, 'social_account.created', null, made!);
      return made!;
    });
  }

  /**
   * @throws Conflict when the handle is taken, the status cannot go there, or a leased account's status is to change;
   *   NotFound, ValidationFailed, ForbiddenRole
   */
  async edit(caller: Insider, input: object): Promise<SocialAccount> {
    mustBeAllowed(caller, 'editAccounts');
    const { socialAccountId, ...asked } = checked(EditAccount, input);
    return this.transactions.run(async (em) => {
      const before = await this.lock(em, socialAccountId);
      const status = asked.status ?? before.status;
      if (status !== before.status) mustBeMovable(before, status as ChosenStatus);
      const kept = status === before.status ? before.statusReason : null;
      const after: SocialAccount = {
        socialAccountId,
        handle: asked.handle === undefined ? before.handle : stored.handle(asked.handle),
        followers: asked.followers ?? before.followers,
        verticals: asked.verticals ? stored.verticals(asked.verticals) : before.verticals,
        language: asked.language === undefined ? before.language : stored.language(asked.language),
        countries: asked.countries ? stored.countries(asked.countries) : before.countries,
        status,
        statusReason: asked.statusReason === undefined ? kept : (asked.statusReason?.trim() ?? null),
      };
      return this.write(em, caller, 'social_account.updated', before, after);
    });
  }

  /**
   * Sets an account aside, with a reason.
   * @throws Conflict when it is leased (disconnect the lease instead), NotFound, ValidationFailed, ForbiddenRole
   */
  async quarantine(caller: Insider, input: object): Promise<SocialAccount> {
    mustBeAllowed(caller, 'editAccounts');
    const { socialAccountId, reason } = checked(QuarantineAccount, input);
    return this.transactions.run(async (em) => {
      const before = await this.lock(em, socialAccountId);
      mustBeMovable(before, 'quarantined');
      const after = { ...before, status: 'quarantined' as const, statusReason: reason.trim() };
      return this.write(em, caller, 'social_account.quarantined', before, after);
    });
  }

  /**
   * Takes an account that was never leased out of the pool for good; the trail keeps what it was.
   * @throws Conflict when a lease, live or ended, names it; NotFound, ForbiddenRole
   */
  async remove(caller: Insider, input: object): Promise<void> {
    mustBeAllowed(caller, 'editAccounts');
    const { socialAccountId } = checked(NameAccount, input);
    await this.transactions.run(async (em) => {
      const before = await this.lock(em, socialAccountId);
      mustNotBeLeased(before, 'it cannot be deleted');
      const lease = await oneRow(em, 'SELECT id FROM lease WHERE social_account_id = $1 LIMIT 1', [socialAccountId]);
      if (lease) {
        throw new Conflict('in_use', `@${before.handle} was leased before, so it is kept: retire it instead.`);
      }
      await oneRow(em, 'DELETE FROM social_account WHERE id = $1', [socialAccountId]);
      await this.record(em, caller, 'social_account.deleted', before, null);
    });
  }

  private async lock(em: EntityManager, socialAccountId: string): Promise<SocialAccount> {
    const account = await oneRow<SocialAccount>(em, `SELECT ${columns} FROM social_account WHERE id = $1 FOR UPDATE`, [
      socialAccountId,
    ]);
    if (!account) throw new NotFound('This account');
    return account;
  }

  private async write(
    em: EntityManager,
    caller: Insider,
    type: AuditEventType,
    before: SocialAccount,
    after: SocialAccount,
  ): Promise<SocialAccount> {
    if (JSON.stringify(after) === JSON.stringify(before)) return before;
    const written = await oneRow<SocialAccount>(
      em,
      `UPDATE social_account
          SET handle = $2, followers = $3, verticals = $4, language = $5, countries = $6, status_reason = $8,
              updated_at = $9,
              -- A rest by hand begins anew, and has no end of its own.
              resetting_until = CASE WHEN status = $7 THEN resetting_until END,
              turnaround = CASE WHEN $7 = 'resetting' AND status <> $7 THEN '{}' ELSE turnaround END,
              status = $7
        WHERE id = $1 RETURNING ${columns}`,
      [
        after.socialAccountId,
        after.handle,
        after.followers,
        after.verticals,
        after.language,
        after.countries,
        after.status,
        after.statusReason,
        this.clock.now(),
      ],
    ).catch(refuseTakenHandle);
    await this.record(em, caller, type, before, written!);
    return written!;
  }

  private record(
    em: EntityManager,
    caller: Insider,
    type: AuditEventType,
    before: SocialAccount | null,
    after: SocialAccount | null,
  ): Promise<void> {
    const objectId = (after ?? before)!.socialAccountId;
    if (after?.status === 'available') {
      this.announcements.announce(em, 'accountsBecameAvailable', { socialAccountId: objectId });
    }
    return this.audit.record(em, caller, { type, objectId, internal: { before, after } });
  }
}

function mustBeMovable(account: SocialAccount, to: ChosenStatus): void {
  mustNotBeLeased(account, `it cannot become ${to} by hand: disconnect its lease instead`);
  if (mayMove(account.status, to)) return;
  throw new Conflict('not_allowed_now', `@${account.handle} is ${account.status}, from where it cannot become ${to}.`);
}

function mustNotBeLeased(account: SocialAccount, so: string): void {
  if (account.status === 'assigned')
    throw new Conflict('in_use', `@${account.handle} is leased to a partner, so ${so}.`);
}

function refuseTakenHandle(error: unknown): never {
  if (violates(error, 'social_account_handle_key_key')) {
    throw new Conflict('already_exists', 'This handle is in the pool already.');
  }
  throw error;
}
