import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Insider, StaffCaller } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound, ValidationFailed } from '../core/errors.js';
import { SecretBox } from '../core/secret-box.js';
import { validated } from '../core/validation.js';
import { violatesUnique } from '../core/database-errors.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { StaffRef } from './commands.js';
import { columns, endSessions, assertStillAdmin, type StaffMember } from './people.js';
import { assertAllowed } from '../authorization/permissions.js';
import {
  digestRecoveryCode,
  isAppCode,
  toKeyUri,
  generateRecoveryCodes,
  generateSecret,
  findNewStep,
  readCode,
  toStep,
  WrongCode,
} from './second-factor.js';
import { SignInLimits } from './sign-in-limits.js';

/** What an authenticator app is told. */
export interface AuthenticatorSetup {
  secret: string;
  uri: string;
}

/** A second factor that was just set up: its name, and the codes that are shown this once. */
export interface NewFactor {
  factor: string;
  /** When a code was given, by the database's clock; ISO 8601. */
  confirmedAt: string;
  recoveryCodes: string[];
}

interface StoredFactor {
  id: string;
  sealedSecret: Buffer;
  now: Date;
}

/** Codes of an authenticator app, and the recovery codes that stand in for it. Each works once. */
@Injectable()
export class SecondFactorsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly limits: SignInLimits,
    private readonly box: SecretBox,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** A new secret, sealed for the session that sets it up. */
  begin(staffId: string): string {
    return this.box.seal(generateSecret(), toPurpose(staffId)).toString('base64');
  }

  /** What the page shows of a secret that is being set up. */
  getAuthenticatorSetup(staffId: string, email: string, begun: string): AuthenticatorSetup {
    const secret = this.box.open(Buffer.from(begun, 'base64'), toPurpose(staffId));
    return { secret, uri: toKeyUri(secret, email) };
  }

  /** How many recovery codes a person has left; `null` without a second factor. */
  async recoveryCodesLeft(staffId: string): Promise<number | null> {
    const found = await queryRow<{ left: number }>(
      this.dataSource.manager,
      `SELECT (SELECT count(*)::int FROM staff_recovery_code code WHERE code.staff_id = factor.staff_id) AS left
         FROM staff_second_factor factor WHERE staff_id = $1`,
      [staffId],
    );
    return found?.left ?? null;
  }

  /**
   * Sets up the second factor of the signed-in person; one that was there before is replaced. Other sessions end.
   * @param begun what `begin` gave
   * @param code of the new app
   * @param current a code of the app that it replaces, if there is one
   * @param keptSession the session that sets it up
   * @throws WrongNewCode, WrongCode, TooManySignIns, Conflict when it was reset or set up elsewhere meanwhile, or that session was ended
   */
  async setUp(
    caller: StaffCaller,
    { begun, code, current }: { begun: string; code: unknown; current: unknown },
    keptSession: string,
  ): Promise<NewFactor> {
    const { staffId } = caller;
    const before = await readFactor(this.dataSource.manager, staffId);
    const sealed = Buffer.from(begun, 'base64');
    const secret = this.box.open(sealed, toPurpose(staffId));
    const step = findNewStep(secret, code, await databaseTime(this.dataSource.manager));
    // Last, for it uses up the code of the app that is replaced.
    if (before) await this.check(caller, current);
    const recoveryCodes = generateRecoveryCodes();
    const factor = randomUUID();
    const confirmedAt = await this.transactions.run(async (em) => {
      await discardUnconfirmed(em, staffId, before, keptSession);
      await queryRows(
        em,
        `INSERT INTO staff_second_factor (staff_id, id, sealed_secret, last_step, created_at) VALUES ($1, $2, $3, $4, $5)`,
        [staffId, factor, sealed, step, this.clock.now()],
      ).catch(toAlreadySetUp);
      await storeRecoveryCodes(em, staffId, recoveryCodes);
      await endSessions(em, staffId, keptSession);
      const internal = { replaced: before !== null };
      await this.audit.record(em, caller, { type: 'staff.second_factor_set_up', objectId: staffId, internal });
      return (await databaseTime(em)).toISOString();
    });
    return { factor, confirmedAt, recoveryCodes };
  }

  /**
   * Uses up a code of the app, or a recovery code.
   * @returns when, by the database's clock; ISO 8601
   * @throws WrongCode, TooManySignIns
   */
  async check(caller: StaffCaller, typed: unknown): Promise<string> {
    const forgive = await this.limits.countGuess('code', caller.staffId);
    const now = await this.transactions.run((em) => this.use(em, caller, typed));
    if (now === null) {
      await this.recordFailure(caller);
      throw new WrongCode();
    }
    await forgive();
    return now.toISOString();
  }

  /**
   * Ten new recovery codes of the signed-in person, in place of all that were left.
   * @param typed a code of the app, or one of those that were left
   * @returns the codes, shown this once, and when a code was given, by the database's clock; ISO 8601
   * @throws WrongCode, TooManySignIns, Conflict when the second factor is gone
   */
  async renewRecoveryCodes(caller: StaffCaller, typed: unknown): Promise<Omit<NewFactor, 'factor'>> {
    const { staffId } = caller;
    const confirmedAt = await this.check(caller, typed);
    const recoveryCodes = generateRecoveryCodes();
    await this.transactions.run(async (em) => {
      // Of two at once, the later one's codes are those that work.
      const kept = await queryRows(em, 'SELECT id FROM staff_second_factor WHERE staff_id = $1 FOR UPDATE', [staffId]);
      if (kept.length === 0) throw new Conflict('not_allowed_now', 'Your second factor was reset meanwhile.');
      await queryRows(em, 'DELETE FROM staff_recovery_code WHERE staff_id = $1', [staffId]);
      await storeRecoveryCodes(em, staffId, recoveryCodes);
      await this.audit.record(em, caller, { type: 'staff.recovery_codes_renewed', objectId: staffId });
    });
    return { confirmedAt, recoveryCodes };
  }

  /**
   * Takes away somebody's second factor, for a lost phone. Their sessions end.
   * @throws NotFound, Conflict when there is none, ForbiddenRole
   */
  async reset(caller: Insider, input: object): Promise<StaffMember> {
    assertAllowed(caller, 'manageStaff');
    const { staffId, email } = validated(StaffRef, input);
    if ((staffId === undefined) === (email === undefined)) {
      throw new ValidationFailed([{ path: 'email', message: 'name the person by email or by id' }]);
    }
    return this.transactions.run(async (em) => {
      await assertStillAdmin(em, caller);
      const person = await queryRow<StaffMember>(
        em,
        `SELECT ${columns} FROM staff_user WHERE id = $1 OR lower(email) = $2 FOR UPDATE`,
        [staffId ?? null, email?.trim().toLowerCase() ?? null],
      );
      if (!person) throw new NotFound('This staff member');
      const gone = await queryRows(em, 'DELETE FROM staff_second_factor WHERE staff_id = $1 RETURNING id', [
        person.staffId,
      ]);
      if (gone.length === 0) throw new Conflict('not_allowed_now', `${person.name} has no second factor to reset.`);
      await endSessions(em, person.staffId);
      await this.audit.record(em, caller, { type: 'staff.second_factor_reset', objectId: person.staffId });
      return person;
    });
  }

  /** @returns the database's time when the code was right and is used up now, else `null` */
  private async use(em: EntityManager, caller: StaffCaller, typed: unknown): Promise<Date | null> {
    const { staffId } = caller;
    const kept = await readFactor(em, staffId);
    if (!kept || typeof typed !== 'string' || typed.length > 100) return null;
    const code = readCode(typed);
    if (!isAppCode(code)) return (await this.useRecoveryCode(em, caller, code)) ? kept.now : null;
    const step = toStep(this.box.open(kept.sealedSecret, toPurpose(staffId)), code, kept.now);
    if (step === null) return null;
    // Of two calls with one code, the second waits for the first and then finds its step taken.
    const used = await queryRows(
      em,
      'UPDATE staff_second_factor SET last_step = $3 WHERE staff_id = $1 AND id = $2 AND last_step < $3 RETURNING id',
      [staffId, kept.id, step],
    );
    return used.length > 0 ? kept.now : null;
  }

  private async useRecoveryCode(em: EntityManager, caller: StaffCaller, code: string): Promise<boolean> {
    const { staffId } = caller;
    const used = await queryRows(
      em,
      'DELETE FROM staff_recovery_code WHERE staff_id = $1 AND code_digest = $2 RETURNING staff_id',
      [staffId, digestRecoveryCode(staffId, code)],
    );
    if (used.length === 0) return false;
    await this.audit.record(em, caller, { type: 'staff.recovery_code_used', objectId: staffId });
    return true;
  }

  private recordFailure(caller: StaffCaller): Promise<void> {
    return this.transactions.run((em) =>
      this.audit.record(em, caller, { type: 'staff.confirmation_failed', objectId: caller.staffId }),
    );
  }
}

function readFactor(em: EntityManager, staffId: string): Promise<StoredFactor | null> {
  return queryRow<StoredFactor>(
    em,
    'SELECT id, sealed_secret AS "sealedSecret", now() AS now FROM staff_second_factor WHERE staff_id = $1',
    [staffId],
  );
}

/** The old factor goes, if it and the session are still those that the codes were given for. */
async function discardUnconfirmed(
  em: EntityManager,
  staffId: string,
  before: StoredFactor | null,
  session: string,
): Promise<void> {
  await queryRows(em, 'SELECT id FROM staff_user WHERE id = $1 FOR UPDATE', [staffId]);
  const gone = before
    ? await queryRows(em, 'DELETE FROM staff_second_factor WHERE staff_id = $1 AND id = $2 RETURNING id', [
        staffId,
        before.id,
      ])
    : null;
  const standing = await queryRows(em, 'SELECT sid FROM staff_session WHERE sid = $1 FOR UPDATE', [session]);
  if (gone?.length === 0 || standing.length === 0) {
    throw new Conflict('not_allowed_now', 'Your second factor was reset or replaced meanwhile. Sign in again.');
  }
}

async function storeRecoveryCodes(em: EntityManager, staffId: string, codes: string[]): Promise<void> {
  await queryRows(em, 'INSERT INTO staff_recovery_code (staff_id, code_digest) SELECT $1, unnest($2::bytea[])', [
    staffId,
    codes.map((code) => digestRecoveryCode(staffId, code)),
  ]);
}

async function databaseTime(em: EntityManager): Promise<Date> {
  return (await queryRow<{ now: Date }>(em, 'SELECT now() AS now'))!.now;
}

/** A sealed secret opens for its own person alone. */
function toPurpose(staffId: string): string {
  return `second factor of ${staffId}`;
}

function toAlreadySetUp(error: unknown): never {
  if (violatesUnique(error, 'staff_second_factor_pkey')) {
    throw new Conflict('not_allowed_now', 'Your second factor was set up in another window meanwhile.');
  }
  throw error;
}
