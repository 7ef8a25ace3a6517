import type { CallId } from '../core/ids.js';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StaffCaller } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { isStorableText } from '../core/text.js';
import { Clock } from '../core/clock.js';
import { readDatabaseTime } from '../core/database-time.js';
import { DomainError, Unauthenticated } from '../core/errors.js';
import { validated } from '../core/validation.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { toTextKey } from '../core/text-key.js';
import { textKeySql } from '../core/text-key-sql.js';
import { Transactions } from '../core/transactions.js';
import { ClaimsService } from '../lease-requests/claims.service.js';
import { OwnPassword } from './commands.js';
import { toCredential, hashPassword, verifyPassword } from './passwords.js';
import { endSessions, deleteLink } from './people.js';
import type { Role } from '../authorization/roles.js';
import { SecondFactorsService } from './second-factors.service.js';
import { SignInLimits } from './sign-in-limits.js';

/** A sign-in as its session stores it. */
export interface SignedIn {
  staffId: string;
  /** When, by the database's clock; ISO 8601. */
  signedInAt: string;
  /** Identifies the password; the session ends when it changes. */
  credential: string;
  /** The id of the second factor, `null` without one; the session ends when it changes. */
  factor: string | null;
  /** When a code was checked last, by the database's clock; ISO 8601. */
  confirmedAt: string | null;
}

/** Signed in, or `firstStep` where a code is required too. */
export type AfterPassword = { signedIn: SignedIn; device: string } | { firstStep: SignedIn };

/** The person of a session, as the database has them now. */
export interface SignedInStaff {
  staffId: string;
  email: string;
  name: string;
  role: Role;
  hasSecondFactor: boolean;
  /** Must set up a second factor before anything else. */
  mustSetUp: boolean;
  /** A code was checked in the last ten minutes. */
  isConfirmed: boolean;
}

export interface SignInForm {
  email: unknown;
  password: unknown;
  address: string;
  device: string | undefined;
  /** The `req_…` of the call. */
  callId: CallId;
}

/** The person of a session as the session's statement reads them. */
export type AccountOfSession = Account & { passwordHash: string; isConfirmed: boolean };

interface Account {
  staffId: string;
  email: string;
  name: string;
  role: Role;
  passwordHash: string | null;
  disabled: boolean;
  factor: string | null;
}

export class WrongPassword extends DomainError {
  readonly code = 'VALIDATION';
  constructor() {
    super('This is not your current password; nothing was changed.');
  }
}

const MAX_FIELD_LENGTH = 1_000;
/** The roles of `REQUIRE_MFA`. */
const rolesWithSecondFactor: readonly Role[] = ['finance', 'admin'];

/** Signs staff in to the panel and out of it, and validates their sessions. */
@Injectable()
export class SignInService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly limits: SignInLimits,
    private readonly claims: ClaimsService,
    private readonly secondFactors: SecondFactorsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  /**
   * The first step, by password; for people without a second factor the only one.
   * @returns the sign-in for the session, and a device cookie for the browser
   * @throws Unauthenticated, with the same message and after the same time whatever was wrong; TooManySignIns
   */
  async signIn(form: SignInForm): Promise<AfterPassword> {
    const { address, device, callId } = form;
    const { email, password } = readCredentials(form);
    const forgive = await this.limits.count({ email, address, device });
    const account = await this.readAccount(email);
    const matches = await verifyPassword(account?.passwordHash ?? null, password);
    if (!account || !matches || account.disabled) {
      // For an unknown account too: otherwise the time would tell which accounts exist.
      await this.recordFailure(account, address, callId);
      throw toWrongCredentials();
    }
    if (account.factor !== null) {
      await forgive();
      return { firstStep: await this.createFirstStep(account) };
    }
    const signedIn = await this.recordSignIn(account, { address, callId, confirmed: false });
    await forgive();
    return { signedIn, device: this.limits.createDeviceCookie(email) };
  }

  /**
   * The second step, by a code of the app or a recovery code.
   * @param firstStep what {@link signIn} returned
   * @throws Unauthenticated when that is too long ago or no longer valid; WrongCode, TooManySignIns
   */
  async submitCode(
    firstStep: SignedIn,
    { code, address, callId }: { code: unknown; address: string; callId: CallId },
  ): Promise<{ signedIn: SignedIn; device: string }> {
    const staff = await this.findAtSecondStep(firstStep);
    if (!staff) throw new Unauthenticated('That took too long, or your account was changed. Sign in again.');
    const { staffId, email, name, role } = staff;
    const caller: StaffCaller = { kind: 'staff', staffId, name, role, callId };
    await this.secondFactors.check(caller, code);
    const account = await this.readAccount(email);
    if (!account || account.disabled || !isUnchanged(account, firstStep)) throw toWrongCredentials();
    const signedIn = await this.recordSignIn(account, { address, callId, confirmed: true });
    return { signedIn, device: this.limits.createDeviceCookie(email) };
  }

  /** The person of a first step that is at most ten minutes old. */
  async findAtSecondStep(firstStep: SignedIn): Promise<SignedInStaff | null> {
    const fresh = await queryRow(
      this.dataSource.manager,
      sql`SELECT 1 AS fresh WHERE ${firstStep.signedInAt}::timestamptz > now() - interval '10 minutes'`,
    );
    return fresh ? this.findStaff(firstStep) : null;
  }

  /** The person of a session; `null` when it is too old, or the person is disabled or has another password or second factor. */
  async findStaff(signedIn: SignedIn): Promise<SignedInStaff | null> {
    const { staffId, signedInAt, confirmedAt } = signedIn;
    const account = await queryRow<AccountOfSession>(
      this.dataSource.manager,
      accountOfSessionSql(sql`${staffId}::text`, sql`${signedInAt}::text`, sql`${confirmedAt}::text`),
    );
    return this.toStaff(signedIn, account);
  }

  /** {@link findStaff} for a row that was read with the session. @param account of {@link accountOfSessionSql} */
  toStaff({ staffId, ...signedIn }: SignedIn, account: AccountOfSession | null): SignedInStaff | null {
    if (!account || !isUnchanged(account, signedIn)) return null;
    const { email, name, role, isConfirmed } = account;
    const hasSecondFactor = account.factor !== null;
    const mustSetUp = !hasSecondFactor && this.settings.requireMfa && rolesWithSecondFactor.includes(role);
    return { staffId, email, name, role, hasSecondFactor, mustSetUp, isConfirmed };
  }

  /** The session's sign-in after the person changed their password. */
  async renewSession(signedIn: SignedIn): Promise<SignedIn | null> {
    const passwordHash = await this.readPasswordHash(signedIn.staffId);
    return passwordHash ? { ...signedIn, credential: toCredential(passwordHash) } : null;
  }

  /**
   * Changes the caller's password. All their other sessions end.
   * @throws WrongPassword, ValidationFailed, TooManySignIns
   */
  async changeOwnPassword(staff: StaffCaller, input: object, keptSession: string): Promise<void> {
    const { current, password } = validated(OwnPassword, input);
    const { staffId } = staff;
    const forgive = await this.limits.countGuess('password', staffId);
    const currentHash = await this.readPasswordHash(staffId);
    if (!(await verifyPassword(currentHash, current))) throw new WrongPassword();
    const passwordHash = await hashPassword(password);
    await this.transactions.run(async (em) => {
      const changed = await queryRows(
        em,
        sql`UPDATE staff_user SET password_hash = ${passwordHash}
             WHERE id = ${staffId} AND password_hash = ${currentHash} RETURNING id`,
      );
      if (changed.length === 0) throw new WrongPassword();
      await endSessions(em, staffId, keptSession);
      await deleteLink(em, staffId);
      await this.audit.record(em, staff, { type: 'staff.password_set', objectId: staffId, internal: { own: true } });
    });
    await forgive();
  }

  /** Ends the person's claims and records the sign-out; the caller destroys the session. */
  async signOut(staff: StaffCaller): Promise<void> {
    await this.transactions.run(
      async (em) => {
        await this.claims.endAllOf(em, staff.staffId);
        await this.audit.record(em, staff, { type: 'staff.signed_out', objectId: staff.staffId });
      },
      { allowClockFault: true },
    );
  }

  private async readPasswordHash(staffId: string): Promise<string | null> {
    const found = await queryRow<{ passwordHash: string | null }>(
      this.dataSource.manager,
      sql`SELECT password_hash AS "passwordHash" FROM staff_user WHERE id = ${staffId}`,
    );
    return found?.passwordHash ?? null;
  }

  private readAccount(email: string): Promise<Account | null> {
    return queryRow<Account>(
      this.dataSource.manager,
      sql`SELECT staff_user.id AS "staffId", email, name, role, password_hash AS "passwordHash",
              disabled_at IS NOT NULL AS disabled, factor.id AS factor
         FROM staff_user LEFT JOIN staff_second_factor factor ON factor.staff_id = staff_user.id
        WHERE ${textKeySql(sql`email`)} = ${toTextKey(email)}`,
    );
  }

  private async createFirstStep({ staffId, passwordHash, factor }: Account): Promise<SignedIn> {
    const now = await readDatabaseTime(this.dataSource.manager);
    const credential = toCredential(passwordHash!);
    return { staffId, signedInAt: now.toISOString(), credential, factor, confirmedAt: null };
  }

  private recordSignIn(
    account: Account,
    { address, callId, confirmed }: { address: string; callId: CallId; confirmed: boolean },
  ): Promise<SignedIn> {
    const { staffId, name, role, factor } = account;
    return this.transactions.run(
      async (em) => {
        const updated = await queryRow<{ signedInAt: Date }>(
          em,
          sql`UPDATE staff_user SET last_signed_in_at = ${this.clock.now()}
             WHERE id = ${staffId} RETURNING now() AS "signedInAt"`,
        );
        const staff: StaffCaller = { kind: 'staff', staffId, name, role, callId };
        const internal = { address, secondFactor: confirmed };
        await this.audit.record(em, staff, { type: 'staff.signed_in', objectId: staffId, internal });
        const signedInAt = updated!.signedInAt.toISOString();
        // The hash that was verified, not the row's current one: a password that was set since must end this session too.
        const credential = toCredential(account.passwordHash!);
        return { staffId, signedInAt, credential, factor, confirmedAt: confirmed ? signedInAt : null };
      },
      { allowClockFault: true },
    );
  }

  private async recordFailure(account: Account | null, address: string, callId: CallId): Promise<void> {
    const caller = { kind: 'system' as const, name: 'sign-in', callId };
    const internal = { address, disabled: account?.disabled ?? false };
    await this.transactions.run(
      (em) =>
        this.audit.record(em, caller, {
          type: 'staff.sign_in_failed',
          objectId: account?.staffId ?? 'nobody',
          internal,
        }),
      { allowClockFault: true },
    );
  }
}

/** The row of a session's person; none when it is too old or they are disabled. @param staffId an expression, like the others */
export function accountOfSessionSql(staffId: Sql, signedInAt: Sql, confirmedAt: Sql): Sql {
  return sql`SELECT staff_user.id AS "staffId", email, name, role, password_hash AS "passwordHash", factor.id AS factor,
                    coalesce(${confirmedAt}::timestamptz > now() - interval '10 minutes', false) AS "isConfirmed"
               FROM staff_user LEFT JOIN staff_second_factor factor ON factor.staff_id = staff_user.id
              WHERE staff_user.id = ${staffId} AND disabled_at IS NULL AND password_hash IS NOT NULL
                AND ${signedInAt}::timestamptz > now() - interval '7 days'`;
}

/** @throws Unauthenticated for values that cannot be an email or a password */
function readCredentials({ email, password }: SignInForm): { email: string; password: string } {
  for (const field of [email, password]) {
    if (!isStorableText(field) || field === '' || field.length > MAX_FIELD_LENGTH) {
      throw toWrongCredentials();
    }
  }
  return { email: email as string, password: password as string };
}

function toWrongCredentials(): Unauthenticated {
  return new Unauthenticated('The email or the password is wrong. Try again, or ask an admin for a link to a new one.');
}

/** Whether an account still has the password and the second factor of the sign-in. */
function isUnchanged(
  { passwordHash, factor }: Pick<Account, 'passwordHash' | 'factor'>,
  signedIn: Pick<SignedIn, 'credential' | 'factor'>,
): boolean {
  return passwordHash !== null && toCredential(passwordHash) === signedIn.credential && factor === signedIn.factor;
}
