import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Insider, StaffCaller } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound, ValidationFailed } from '../core/errors.js';
import { readDatabaseTime } from '../core/database-time.js';
import { SEALED_BATCH_SIZE, SealedColumns, type SealedColumn, type SealedSecret } from '../core/sealed-columns.js';
import { SecretBox } from '../core/secret-box.js';
import { validated } from '../core/validation.js';
import { violatesUnique } from '../core/database-errors.js';
import { literal, queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { sentence } from '../core/sentence.js';
import { StaffRef } from './commands.js';
import { isPersonSql, staffColumns, endSessions, assertStillAdmin, type StaffMember } from './people.js';
import { assertAllowed } from '../authorization/permissions.js';
import {
  digestRecoveryCode,
  isAppCode,
  toKeyUri,
  generateRecoveryCodes,
  generateSecret,
  toNewStep,
  readCode,
  toStep,
  toSealPurpose,
  WrongCode,
} from './second-factor.js';
import { SignInLimits } from './sign-in-limits.js';

export interface AuthenticatorSetup {
  secret: string;
  uri: string;
}

/** A second factor that was just set up. `factor` is its id; `recoveryCodes` are returned only this once. */
export interface NewFactor {
  factor: string;
  /** When a code was checked, by the database's clock; ISO 8601. */
  confirmedAt: string;
  recoveryCodes: string[];
}

interface StoredFactor {
  id: string;
  sealedSecret: Buffer;
  now: Date;
}

/** Codes of an authenticator app and recovery codes. Each works once. */
@Injectable()
export class SecondFactorsService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly limits: SignInLimits,
    private readonly box: SecretBox,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly sealedColumns: SealedColumns,
  ) {}

  onModuleInit(): void {
    this.sealedColumns.register(sealedFactors);
  }

  /**
   * @param begun what the session has begun before
   * @returns that, or a new secret where there is none or its key is gone; sealed, for the session that sets it up
   */
  begin(staffId: string, begun?: string): string {
    if (begun !== undefined && this.findSecret(staffId, begun) !== null) return begun;
    return this.box.seal(generateSecret(), toSealPurpose(staffId)).toString('base64');
  }

  /** @param begun what `begin` returned */
  getAuthenticatorSetup(staffId: string, email: string, begun: string): AuthenticatorSetup {
    const secret = this.box.open(Buffer.from(begun, 'base64'), toSealPurpose(staffId));
    return { secret, uri: toKeyUri(secret, email) };
  }

  /** The unused recovery codes of a person; `null` without a second factor. */
  async countRecoveryCodes(staffId: string): Promise<number | null> {
    const found = await queryRow<{ left: number }>(
      this.dataSource.manager,
      sql`SELECT (SELECT count(*)::int FROM staff_recovery_code code WHERE code.staff_id = factor.staff_id) AS left
         FROM staff_second_factor factor WHERE staff_id = ${staffId}`,
    );
    return found?.left ?? null;
  }

  /**
   * Sets up or replaces the second factor of the signed-in person. Other sessions end.
   * @param begun what `begin` returned
   * @param code of the new app
   * @param current a code of the app that is replaced, if there is one
   * @param keptSession the id of the session that sets it up
   * @throws WrongNewCode, WrongCode, TooManySignIns, Conflict when it was reset or set up elsewhere since, or that session has ended
   */
  async setUp(
    caller: StaffCaller,
    { begun, code, current }: { begun: string; code: unknown; current: unknown },
    keptSession: string,
  ): Promise<NewFactor> {
    const { staffId } = caller;
    const before = await readFactor(this.dataSource.manager, staffId);
    const secret = this.findSecret(staffId, begun);
    if (secret === null) throw new Conflict('not_allowed_now', 'This set-up has expired. Scan the new code.');
    // The session may be from the time of another first key.
    const sealed = this.box.seal(secret, toSealPurpose(staffId));
    const step = toNewStep(secret, code, await readDatabaseTime(this.dataSource.manager));
    // Last, because it uses up the code of the replaced app.
    if (before) await this.check(caller, current);
    const recoveryCodes = generateRecoveryCodes();
    const factor = randomUUID();
    const confirmedAt = await this.transactions.run(async (em) => {
      await deleteReplacedFactor(em, staffId, before, keptSession);
      await queryRows(
        em,
        sql`INSERT INTO staff_second_factor (staff_id, id, sealed_secret, last_step, created_at)
             VALUES (${staffId}, ${factor}, ${sealed}, ${step}, ${this.clock.now()})`,
      ).catch(toAlreadySetUp);
      await storeRecoveryCodes(em, staffId, recoveryCodes);
      await endSessions(em, staffId, keptSession);
      const internal = { replaced: before !== null };
      await this.audit.record(em, caller, { type: 'staff.second_factor_set_up', objectId: staffId, internal });
      return (await readDatabaseTime(em)).toISOString();
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
    const now = await this.transactions.run((em) => this.useCode(em, caller, typed), { allowClockFault: true });
    if (now === null) {
      await this.recordFailure(caller);
      throw new WrongCode();
    }
    await forgive();
    return now.toISOString();
  }

  /**
   * Replaces the recovery codes of the signed-in person.
   * @param typed a code of the app, or an unused recovery code
   * @throws WrongCode, TooManySignIns, Conflict when the second factor is gone
   */
  async renewRecoveryCodes(caller: StaffCaller, typed: unknown): Promise<Omit<NewFactor, 'factor'>> {
    const { staffId } = caller;
    const confirmedAt = await this.check(caller, typed);
    const recoveryCodes = generateRecoveryCodes();
    await this.transactions.run(async (em) => {
      // Two concurrent calls run one after the other: the later one's codes are valid.
      const factors = await queryRows(
        em,
        sql`SELECT id FROM staff_second_factor WHERE staff_id = ${staffId} FOR UPDATE`,
      );
      if (factors.length === 0)
        throw new Conflict('not_allowed_now', 'Your second factor has been reset in the meantime.');
      await queryRows(em, sql`DELETE FROM staff_recovery_code WHERE staff_id = ${staffId}`);
      await storeRecoveryCodes(em, staffId, recoveryCodes);
      await this.audit.record(em, caller, { type: 'staff.recovery_codes_renewed', objectId: staffId });
    });
    return { confirmedAt, recoveryCodes };
  }

  /**
   * Removes a person's second factor, for a lost phone. Their sessions end.
   * @throws NotFound, Conflict when there is none, ForbiddenRole
   */
  async reset(caller: Insider, input: object): Promise<StaffMember> {
    assertAllowed(caller, 'manageStaff');
    const ref = validated(StaffRef, input);
    if ((ref.staffId === undefined) === (ref.email === undefined)) {
      throw new ValidationFailed([{ path: 'email', message: 'or the id of the person is required, not both' }]);
    }
    return this.transactions.run(async (em) => {
      await assertStillAdmin(em, caller);
      const person = await queryRow<StaffMember>(
        em,
        sql`SELECT ${staffColumns} FROM staff_user WHERE ${isPersonSql(ref)} FOR UPDATE`,
      );
      if (!person) throw new NotFound('This staff member');
      const deleted = await queryRows(
        em,
        sql`DELETE FROM staff_second_factor WHERE staff_id = ${person.staffId} RETURNING id`,
      );
      if (deleted.length === 0)
        throw new Conflict('not_allowed_now', sentence`${person.name} has no second factor to reset.`);
      await endSessions(em, person.staffId);
      await this.audit.record(em, caller, { type: 'staff.second_factor_reset', objectId: person.staffId });
      return person;
    });
  }

  /** Of what was begun; `null` where its key is gone. */
  private findSecret(staffId: string, begun: string): string | null {
    try {
      return this.box.open(Buffer.from(begun, 'base64'), toSealPurpose(staffId));
    } catch {
      return null;
    }
  }

  /** Uses up a code. @returns the database's time, or `null` for a wrong code */
  private async useCode(em: EntityManager, caller: StaffCaller, typed: unknown): Promise<Date | null> {
    const { staffId } = caller;
    const stored = await readFactor(em, staffId);
    if (!stored || typeof typed !== 'string' || typed.length > 100) return null;
    const code = readCode(typed);
    if (!isAppCode(code)) return (await this.useRecoveryCode(em, caller, code)) ? stored.now : null;
    const step = toStep(this.box.open(stored.sealedSecret, toSealPurpose(staffId)), code, stored.now);
    if (step === null) return null;
    // Of two concurrent calls with one code, the second waits for the first and then updates no row.
    const used = await queryRows(
      em,
      sql`UPDATE staff_second_factor SET last_step = ${step}
           WHERE staff_id = ${staffId} AND id = ${stored.id} AND last_step < ${step} RETURNING id`,
    );
    return used.length > 0 ? stored.now : null;
  }

  private async useRecoveryCode(em: EntityManager, caller: StaffCaller, code: string): Promise<boolean> {
    const { staffId } = caller;
    const used = await queryRows(
      em,
      sql`DELETE FROM staff_recovery_code
           WHERE staff_id = ${staffId} AND code_digest = ${digestRecoveryCode(staffId, code)} RETURNING staff_id`,
    );
    if (used.length === 0) return false;
    await this.audit.record(em, caller, { type: 'staff.recovery_code_used', objectId: staffId });
    return true;
  }

  private recordFailure(caller: StaffCaller): Promise<void> {
    return this.transactions.run(
      (em) => this.audit.record(em, caller, { type: 'staff.confirmation_failed', objectId: caller.staffId }),
      { allowClockFault: true },
    );
  }
}

const sealedFactors: SealedColumn = {
  one: 'second factor',
  many: 'second factors',
  event: 'set up',
  remedy: ', or reset these second factors with staff:reset-second-factor',
  readAfter: async (em, after) => {
    const rows = await queryRows<Omit<SealedSecret, 'purpose'>>(
      em,
      sql`SELECT staff_id AS id, sealed_secret AS sealed, created_at AS "sealedAt" FROM staff_second_factor
           WHERE staff_id > ${after} ORDER BY staff_id LIMIT ${literal(SEALED_BATCH_SIZE)}`,
    );
    return rows.map((row) => ({ ...row, purpose: toSealPurpose(row.id) }));
  },
  replace: (em, staffId, before, sealed) =>
    queryRows(
      em,
      sql`UPDATE staff_second_factor SET sealed_secret = ${sealed}
           WHERE staff_id = ${staffId} AND sealed_secret = ${before} RETURNING staff_id`,
    ),
};

function readFactor(em: EntityManager, staffId: string): Promise<StoredFactor | null> {
  return queryRow<StoredFactor>(
    em,
    sql`SELECT id, sealed_secret AS "sealedSecret", now() AS now FROM staff_second_factor WHERE staff_id = ${staffId}`,
  );
}

/** @throws Conflict when the old factor or the session is no longer the one that the codes were checked for */
async function deleteReplacedFactor(
  em: EntityManager,
  staffId: string,
  before: StoredFactor | null,
  sessionId: string,
): Promise<void> {
  await queryRows(em, sql`SELECT id FROM staff_user WHERE id = ${staffId} FOR UPDATE`);
  const deleted = before
    ? await queryRows(
        em,
        sql`DELETE FROM staff_second_factor WHERE staff_id = ${staffId} AND id = ${before.id} RETURNING id`,
      )
    : null;
  const sessions = await queryRows(em, sql`SELECT sid FROM staff_session WHERE sid = ${sessionId} FOR UPDATE`);
  if (deleted?.length === 0 || sessions.length === 0) {
    throw new Conflict(
      'not_allowed_now',
      'Your second factor has been reset or replaced in the meantime. Sign in again.',
    );
  }
}

async function storeRecoveryCodes(em: EntityManager, staffId: string, codes: string[]): Promise<void> {
  const digests = codes.map((code) => digestRecoveryCode(staffId, code));
  await queryRows(
    em,
    sql`INSERT INTO staff_recovery_code (staff_id, code_digest) SELECT ${staffId}::text, unnest(${digests}::bytea[])`,
  );
}

function toAlreadySetUp(error: unknown): never {
  if (violatesUnique(error, 'staff_second_factor_pkey')) {
    throw new Conflict('not_allowed_now', 'Your second factor has been set up in another window in the meantime.');
  }
  throw error;
}
