import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { assertAsSeen, IsSeenValues, type SeenValues } from '../audit/seen-values.js';
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
import { queryRow, sql } from '../core/sql.js';
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

/** Fields that are left out do not change. */
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
  /** Cleared when the status changes, unless a new one is sent. */
  @Nullable()
  @IsText(1, 500)
  statusReason?: string | null;
  /** What the form showed when it was opened; anything else by now is refused. */
  @Optional()
  @IsSeenValues()
  seen?: SeenValues;
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

const columns = sql`id AS "socialAccountId", handle, followers, verticals, language, countries, status, status_reason AS "statusReason"`;

/** The pool of warmed accounts as staff edit it. Only a lease makes an account `assigned`. */
@Injectable()
export class AccountPoolService {
  constructor(
    private readonly transactions: Transactions,
    private readonly domainEvents: DomainEvents,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws Conflict when the handle is in the pool already, ValidationFailed, ForbiddenRole */
  async create(caller: Insider, input: object): Promise<SocialAccount> {
    assertAllowed(caller, 'editAccounts');
    const account = validated(CreateAccount, input);
    return this.transactions.run(async (em) => {
      const now = this.clock.now();
      const created = await queryRow<SocialAccount>(
        em,
        sql`INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at)
         VALUES (${newId('sa')}, ${toStored.handle(account.handle)}, ${account.followers}, ${toStored.verticals(account.verticals)},
                 ${toStored.language(account.language)}, ${toStored.countries(account.countries)}, ${account.status}, ${now}, ${now})
         RETURNING ${columns}`,
      ).catch(toHandleConflict);
      await this.record(em, caller, 'social_account.created', null, created!);
      return created!;
    });
  }

  /**
   * @throws Conflict when the handle is taken, somebody else has changed it, the status cannot change so, or the account is leased and its status would change;
   *   NotFound, ValidationFailed, ForbiddenRole
   */
  async edit(caller: Insider, input: object): Promise<SocialAccount> {
    assertAllowed(caller, 'editAccounts');
    const { socialAccountId, seen, ...changes } = validated(EditAccount, input);
    return this.transactions.run(async (em) => {
      const before = await this.lock(em, socialAccountId);
      await assertAsSeen(em, socialAccountId, seen, before);
      const status = changes.status ?? before.status;
      if (status !== before.status) assertCanMove(before, status as ChosenStatus);
      const currentReason = status === before.status ? before.statusReason : null;
      const after: SocialAccount = {
        socialAccountId,
        handle: changes.handle === undefined ? before.handle : toStored.handle(changes.handle),
        followers: changes.followers ?? before.followers,
        verticals: changes.verticals ? toStored.verticals(changes.verticals) : before.verticals,
        language: changes.language === undefined ? before.language : toStored.language(changes.language),
        countries: changes.countries ? toStored.countries(changes.countries) : before.countries,
        status,
        statusReason: changes.statusReason === undefined ? currentReason : (changes.statusReason?.trim() ?? null),
      };
      return this.write(em, caller, 'social_account.updated', before, after);
    });
  }

  /**
   * Takes an account out of use, with a reason.
   * @throws Conflict when it is leased (disconnect the lease instead), NotFound, ValidationFailed, ForbiddenRole
   */
  async quarantine(caller: Insider, input: object): Promise<SocialAccount> {
    assertAllowed(caller, 'editAccounts');
    const { socialAccountId, reason } = validated(QuarantineAccount, input);
    return this.transactions.run(async (em) => {
      const before = await this.lock(em, socialAccountId);
      assertCanMove(before, 'quarantined');
      const after = { ...before, status: 'quarantined' as const, statusReason: reason.trim() };
      return this.write(em, caller, 'social_account.quarantined', before, after);
    });
  }

  /**
   * Deletes an account that was never leased; the audit log has what it was.
   * @throws Conflict when it is or was leased; NotFound, ForbiddenRole
   */
  async remove(caller: Insider, input: object): Promise<void> {
    assertAllowed(caller, 'editAccounts');
    const { socialAccountId } = validated(AccountRef, input);
    await this.transactions.run(async (em) => {
      const before = await this.lock(em, socialAccountId);
      assertNotLeased(before, 'it cannot be deleted');
      const lease = await queryRow(em, sql`SELECT id FROM lease WHERE social_account_id = ${socialAccountId} LIMIT 1`);
      if (lease) {
        throw new Conflict(
          'in_use',
          `@${before.handle} has been leased before and cannot be deleted; retire it instead.`,
        );
      }
      await queryRow(em, sql`DELETE FROM social_account WHERE id = ${socialAccountId}`);
      await this.record(em, caller, 'social_account.deleted', before, null);
    });
  }

  private async lock(em: EntityManager, socialAccountId: string): Promise<SocialAccount> {
    const found = await queryRow<SocialAccount & { sandbox: boolean }>(
      em,
      sql`SELECT ${columns}, sandbox FROM social_account WHERE id = ${socialAccountId} FOR UPDATE`,
    );
    if (!found) throw new NotFound('This account');
    const { sandbox, ...account } = found;
    if (sandbox) throw new Conflict('not_allowed_now', `@${account.handle} is a sandbox’s, and cannot be changed.`);
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
    const updated = await queryRow<SocialAccount>(
      em,
      sql`UPDATE social_account
          SET handle = ${after.handle}, followers = ${after.followers}, verticals = ${after.verticals}, language = ${after.language},
              countries = ${after.countries}, status_reason = ${after.statusReason}, updated_at = ${this.clock.now()},
              -- An account that staff set to resetting starts its checklist again, and rests until they say so.
              resetting_until = CASE WHEN status = ${after.status} THEN resetting_until END,
              turnaround = CASE WHEN ${after.status}::text = 'resetting' AND status <> ${after.status} THEN '{}' ELSE turnaround END,
              status = ${after.status}
        WHERE id = ${after.socialAccountId} RETURNING ${columns}`,
    ).catch(toHandleConflict);
    await this.record(em, caller, type, before, updated!);
    return updated!;
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
      this.domainEvents.publish(em, 'accountsBecameAvailable', { socialAccountId: objectId });
    }
    return this.audit.record(em, caller, { type, objectId, internal: { before, after } });
  }
}

function assertCanMove(account: SocialAccount, to: ChosenStatus): void {
  assertNotLeased(account, `it cannot be set to ${to}: disconnect its lease instead`);
  if (canMove(account.status, to)) return;
  throw new Conflict('not_allowed_now', `@${account.handle} is ${account.status} and cannot become ${to}.`);
}

function assertNotLeased(account: SocialAccount, consequence: string): void {
  if (account.status === 'assigned') {
    throw new Conflict('in_use', `@${account.handle} is leased to a partner, so ${consequence}.`);
  }
}

function toHandleConflict(error: unknown): never {
  if (violatesUnique(error, 'social_account_handle_key_key')) {
    throw new Conflict('already_exists', 'This handle is already in the pool.');
  }
  throw error;
}
