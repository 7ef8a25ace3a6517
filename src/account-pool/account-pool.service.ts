import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import type { AuditEventType } from '../audit/event-types.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound } from '../core/errors.js';
import { DomainEvents } from '../core/domain-events.js';
import { newId } from '../core/ids.js';
import {
  validated,
  IsListOf,
  IsOneOf,
  IsText,
  IsWholeNumber,
  Nullable,
  Optional,
  validationRule,
} from '../core/validation.js';
import { violatesUnique } from '../core/database-errors.js';
import { queryRow } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';
import {
  findCountryError,
  findHandleError,
  findLanguageError,
  MAX_FOLLOWERS,
  MAX_COUNTRIES,
  MAX_VERTICALS,
  toStored,
  findVerticalError,
} from './account-fields.js';
import { chosenStatuses, canMove, type AccountStatus, type ChosenStatus } from './account-status.js';

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
  @validationRule('isHandle', findHandleError)
  handle: string;
  @IsWholeNumber(0, MAX_FOLLOWERS)
  followers: number;
  @IsListOf(1, MAX_VERTICALS, findVerticalError)
  verticals: string[];
  @validationRule('isLanguage', findLanguageError)
  language: string;
  @Optional()
  @IsListOf(0, MAX_COUNTRIES, findCountryError)
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
  @validationRule('isHandle', findHandleError)
  handle?: string;
  @Optional()
  @IsWholeNumber(0, MAX_FOLLOWERS)
  followers?: number;
  @Optional()
  @IsListOf(1, MAX_VERTICALS, findVerticalError)
  verticals?: string[];
  @Optional()
  @validationRule('isLanguage', findLanguageError)
  language?: string;
  @Optional()
  @IsListOf(0, MAX_COUNTRIES, findCountryError)
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

export class AccountRef {
  @IsText(1, 100)
  socialAccountId: string;
}

const columns = `id AS "socialAccountId", handle, followers, verticals, language, countries, status, status_reason AS "statusReason"`;

/** The pool of warmed accounts, as staff keep it. Whether one is assigned is decided by leases alone. */
@Injectable()
export class AccountPoolService {
  constructor(
    private readonly transactions: Transactions,
    private readonly announcements: DomainEvents,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws Conflict when the handle is in the pool already, ValidationFailed, ForbiddenRole */
  async create(caller: Insider, input: object): Promise<SocialAccount> {
    assertAllowed(caller, 'editAccounts');
    const account = validated(CreateAccount, input);
    return this.transactions.run(async (em) => {
      const made = await queryRow<SocialAccount>(
        em,
        `INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING ${columns}`,
        [
          newId('sa'),
          toStored.handle(account.handle),
          account.followers,
          toStored.verticals(account.verticals),
          toStored.language(account.language),
          toStored.countries(account.countries),
          account.status,
          this.clock.now(),
        ],
      ).catch(toHandleConflict);
      await this.record(em, caller, 'social_account.created', null, made!);
      return made!;
    });
  }

  /**
   * @throws Conflict when the handle is taken, the status cannot go there, or a leased account's status is to change;
   *   NotFound, ValidationFailed, ForbiddenRole
   */
  async edit(caller: Insider, input: object): Promise<SocialAccount> {
    assertAllowed(caller, 'editAccounts');
    const { socialAccountId, ...asked } = validated(EditAccount, input);
    return this.transactions.run(async (em) => {
      const before = await this.lock(em, socialAccountId);
      const status = asked.status ?? before.status;
      if (status !== before.status) assertMayMove(before, status as ChosenStatus);
      const kept = status === before.status ? before.statusReason : null;
      const after: SocialAccount = {
        socialAccountId,
        handle: asked.handle === undefined ? before.handle : toStored.handle(asked.handle),
        followers: asked.followers ?? before.followers,
        verticals: asked.verticals ? toStored.verticals(asked.verticals) : before.verticals,
        language: asked.language === undefined ? before.language : toStored.language(asked.language),
        countries: asked.countries ? toStored.countries(asked.countries) : before.countries,
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
    assertAllowed(caller, 'editAccounts');
    const { socialAccountId, reason } = validated(QuarantineAccount, input);
    return this.transactions.run(async (em) => {
      const before = await this.lock(em, socialAccountId);
      assertMayMove(before, 'quarantined');
      const after = { ...before, status: 'quarantined' as const, statusReason: reason.trim() };
      return this.write(em, caller, 'social_account.quarantined', before, after);
    });
  }

  /**
   * Takes an account that was never leased out of the pool for good; the trail keeps what it was.
   * @throws Conflict when a lease, live or ended, names it; NotFound, ForbiddenRole
   */
  async remove(caller: Insider, input: object): Promise<void> {
    assertAllowed(caller, 'editAccounts');
    const { socialAccountId } = validated(AccountRef, input);
    await this.transactions.run(async (em) => {
      const before = await this.lock(em, socialAccountId);
      assertNotLeased(before, 'it cannot be deleted');
      const lease = await queryRow(em, 'SELECT id FROM lease WHERE social_account_id = $1 LIMIT 1', [socialAccountId]);
      if (lease) {
        throw new Conflict('in_use', `@${before.handle} was leased before, so it is kept: retire it instead.`);
      }
      await queryRow(em, 'DELETE FROM social_account WHERE id = $1', [socialAccountId]);
      await this.record(em, caller, 'social_account.deleted', before, null);
    });
  }

  private async lock(em: EntityManager, socialAccountId: string): Promise<SocialAccount> {
    const account = await queryRow<SocialAccount>(
      em,
      `SELECT ${columns} FROM social_account WHERE id = $1 FOR UPDATE`,
      [socialAccountId],
    );
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
    const written = await queryRow<SocialAccount>(
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
    ).catch(toHandleConflict);
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
      this.announcements.publish(em, 'accountsBecameAvailable', { socialAccountId: objectId });
    }
    return this.audit.record(em, caller, { type, objectId, internal: { before, after } });
  }
}

function assertMayMove(account: SocialAccount, to: ChosenStatus): void {
  assertNotLeased(account, `it cannot become ${to} by hand: disconnect its lease instead`);
  if (canMove(account.status, to)) return;
  throw new Conflict('not_allowed_now', `@${account.handle} is ${account.status}, from where it cannot become ${to}.`);
}

function assertNotLeased(account: SocialAccount, so: string): void {
  if (account.status === 'assigned')
    throw new Conflict('in_use', `@${account.handle} is leased to a partner, so ${so}.`);
}

function toHandleConflict(error: unknown): never {
  if (violatesUnique(error, 'social_account_handle_key_key')) {
    throw new Conflict('already_exists', 'This handle is in the pool already.');
  }
  throw error;
}
