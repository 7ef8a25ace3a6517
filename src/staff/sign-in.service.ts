import type { CallId } from '../core/ids.js';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StaffCaller } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { isStorableText } from '../core/text.js';
import { Clock } from '../core/clock.js';
import { DomainError, Unauthenticated } from '../core/errors.js';
import { validated } from '../core/validation.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { ClaimsService } from '../lease-requests/claims.service.js';
import { OwnPassword } from './commands.js';
import { toCredential, hashPassword, verifyPassword } from './passwords.js';
import { endSessions, forgetLink } from './people.js';
import type { Role } from '../authorization/roles.js';
import { SecondFactorsService } from './second-factors.service.js';
import { SignInLimits } from './sign-in-limits.js';

/** What a session keeps of a sign-in. */
export interface SignedIn {
  staffId: string;
  /** When, by the database's clock; ISO 8601. */
  signedInAt: string;
  /** Names the password that was used; the session ends when it changes. */
  credential: string;
  /** Names the second factor that was there, `null` for none; the session ends when it changes. */
  factor: string | null;
  /** When a code was given last, by the database's clock; ISO 8601. */
  confirmedAt: string | null;
}

/** What came of the right password: signed in, or a code is still to come. */
export type AfterPassword = { signedIn: SignedIn; device: string } | { firstStep: SignedIn };

/** Who a session belongs to, as the database has it now. */
export interface SignedInStaff {
  staffId: string;
  email: string;
  name: string;
  role: Role;
  hasSecondFactor: boolean;
  /** Has none, and must set one up before anything else. */
  mustSetUp: boolean;
  /** Has given a code in the last ten minutes. */
  isConfirmed: boolean;
}

/** The raw fields of the sign-in form, and where they came from. */
export interface SignInForm {
  email: unknown;
  password: unknown;
  address: string;
  device: string | undefined;
  /** The `req_…` of the call. */
  callId: CallId;
}

interface Account {
  staffId: string;
  email: string;
  name: string;
  role: Role;
  passwordHash: string | null;
  disabled: boolean;
  factor: string | null;
}

/** The old password was not the one. */
export class WrongPassword extends DomainError {
  readonly code = 'VALIDATION';
  constructor() {
    super('This is not your present password; nothing was changed.');
  }
}

const MAX_FIELD_LENGTH = 1_000;
/** The roles that `REQUIRE_MFA` is about: they can do harm that lasts. */
const rolesWithSecondFactor: readonly Role[] = ['finance', 'admin'];

/** Signing in to the panel and out of it, and what a session is worth from then on. */
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
   * The first step, by the password; for people without a second factor the only one.
   * @returns what the session is to keep, and the device cookie for this browser
   * @throws Unauthenticated, saying the same whatever was wrong and taking as long; TooManySignIns
   */
  async signIn(form: SignInForm): Promise<AfterPassword> {
    const { address, device, callId } = form;
    const { email, password } = readable(form);
    const giveBack = await this.limits.count({ email, address, device });
    const account = await this.readAccount(email);
    const matches = await verifyPassword(account?.passwordHash ?? null, password);
    if (!account || !matches || account.disabled) {
      // Of nobody too, or the time it takes would tell who exists.
      await this.recordFailure(account, address, callId);
      throw wrongCredentials();
    }
    if (account.factor !== null) {
      await giveBack();
      return { firstStep: await this.firstStep(account) };
    }
    const signedIn = await this.recordSignIn(account, { address, callId, confirmed: false });
    await giveBack();
    return { signedIn, device: this.limits.deviceCookieFor(email) };
  }

  /**
   * The second step, by a code of the app or a recovery code.
   * @param firstStep what the first one gave
   * @throws Unauthenticated when that is too long ago or worth nothing any more; WrongCode, TooManySignIns
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
    if (!account || account.disabled || !isSame(account, firstStep)) throw wrongCredentials();
    const signedIn = await this.recordSignIn(account, { address, callId, confirmed: true });
    return { signedIn, device: this.limits.deviceCookieFor(email) };
  }

  /** Whose code is awaited, within ten minutes after the password. */
  async findAtSecondStep(firstStep: SignedIn): Promise<SignedInStaff | null> {
    const fresh = await queryRow(
      this.dataSource.manager,
      `SELECT 1 AS fresh WHERE $1::timestamptz > now() - interval '10 minutes'`,
      [firstStep.signedInAt],
    );
    return fresh ? this.findStaff(firstStep) : null;
  }

  /** The person behind a session, or `null` when it is worth nothing any more: too old, disabled, another password or second factor. */
  async findStaff({ staffId, signedInAt, credential, factor, confirmedAt }: SignedIn): Promise<SignedInStaff | null> {
    const found = await queryRow<Account & { passwordHash: string; isConfirmed: boolean }>(
      this.dataSource.manager,
      `SELECT staff_user.id AS "staffId", email, name, role, password_hash AS "passwordHash", factor.id AS factor,
              coalesce($3::timestamptz > now() - interval '10 minutes', false) AS "isConfirmed"
         FROM staff_user LEFT JOIN staff_second_factor factor ON factor.staff_id = staff_user.id
        WHERE staff_user.id = $1 AND disabled_at IS NULL AND password_hash IS NOT NULL
          AND $2::timestamptz > now() - interval '7 days'`,
      [staffId, signedInAt, confirmedAt],
    );
    if (!found || !isSame(found, { credential, factor })) return null;
    const { email, name, role, isConfirmed } = found;
    const hasSecondFactor = found.factor !== null;
    const mustSetUp = !hasSecondFactor && this.settings.requireMfa && rolesWithSecondFactor.includes(role);
    return { staffId, email, name, role, hasSecondFactor, mustSetUp, isConfirmed };
  }

  /** What a session is to keep after the person changed the own password. */
  async renewSession(signedIn: SignedIn): Promise<SignedIn | null> {
    const found = await queryRow<{ passwordHash: string | null }>(
      this.dataSource.manager,
      'SELECT password_hash AS "passwordHash" FROM staff_user WHERE id = $1',
      [signedIn.staffId],
    );
    return found?.passwordHash ? { ...signedIn, credential: toCredential(found.passwordHash) } : null;
  }

  /**
   * Changes the own password of somebody who knows the old one. All other sessions end.
   * @throws WrongPassword, ValidationFailed, TooManySignIns
   */
  async changeOwnPassword(staff: StaffCaller, input: object, keptSession: string): Promise<void> {
    const { current, password } = validated(OwnPassword, input);
    const { staffId } = staff;
    const forgive = await this.limits.countGuess('password', staffId);
    const found = await queryRow<{ passwordHash: string | null }>(
      this.dataSource.manager,
      'SELECT password_hash AS "passwordHash" FROM staff_user WHERE id = $1',
      [staffId],
    );
    if (!found || !(await verifyPassword(found.passwordHash, current))) throw new WrongPassword();
    const passwordHash = await hashPassword(password);
    await this.transactions.run(async (em) => {
      const changed = await queryRows(
        em,
        'UPDATE staff_user SET password_hash = $2 WHERE id = $1 AND password_hash = $3 RETURNING id',
        [staffId, passwordHash, found.passwordHash],
      );
      if (changed.length === 0) throw new WrongPassword();
      await endSessions(em, staffId, keptSession);
      await forgetLink(em, staffId);
      await this.audit.record(em, staff, { type: 'staff.password_set', objectId: staffId, internal: { own: true } });
    });
    await forgive();
  }

  /** Ends the person's claims and leaves a trail; the session itself is the caller's to destroy. */
  async signOut(staff: StaffCaller): Promise<void> {
    await this.transactions.run(async (em) => {
      await this.claims.endAllBy(em, staff.staffId);
      await this.audit.record(em, staff, { type: 'staff.signed_out', objectId: staff.staffId });
    });
  }

  private readAccount(email: string): Promise<Account | null> {
    return queryRow<Account>(
      this.dataSource.manager,
      `SELECT staff_user.id AS "staffId", email, name, role, password_hash AS "passwordHash",
              disabled_at IS NOT NULL AS disabled, factor.id AS factor
         FROM staff_user LEFT JOIN staff_second_factor factor ON factor.staff_id = staff_user.id
        WHERE lower(email) = $1`,
      [email.trim().toLowerCase()],
    );
  }

  private async firstStep({ staffId, passwordHash, factor }: Account): Promise<SignedIn> {
    const time = await queryRow<{ now: Date }>(this.dataSource.manager, 'SELECT now() AS now');
    const credential = toCredential(passwordHash!);
    return { staffId, signedInAt: time!.now.toISOString(), credential, factor, confirmedAt: null };
  }

  private recordSignIn(
    account: Account,
    { address, callId, confirmed }: { address: string; callId: CallId; confirmed: boolean },
  ): Promise<SignedIn> {
    const { staffId, name, role, factor } = account;
    return this.transactions.run(async (em) => {
      const updated = await queryRow<{ signedInAt: Date }>(
        em,
        'UPDATE staff_user SET last_signed_in_at = $2 WHERE id = $1 RETURNING now() AS "signedInAt"',
        [staffId, this.clock.now()],
      );
      const staff: StaffCaller = { kind: 'staff', staffId, name, role, callId };
      const internal = { address, secondFactor: confirmed };
      await this.audit.record(em, staff, { type: 'staff.signed_in', objectId: staffId, internal });
      const signedInAt = updated!.signedInAt.toISOString();
      // The hash that was verified, and not the row's of now: a password set meanwhile must end this session too.
      const credential = toCredential(account.passwordHash!);
      return { staffId, signedInAt, credential, factor, confirmedAt: confirmed ? signedInAt : null };
    });
  }

  private async recordFailure(account: Account | null, address: string, callId: CallId): Promise<void> {
    const caller = { kind: 'system' as const, name: 'sign-in', callId };
    const internal = { address, disabled: account?.disabled ?? false };
    await this.transactions.run((em) =>
      this.audit.record(em, caller, { type: 'staff.sign_in_failed', objectId: account?.staffId ?? 'nobody', internal }),
    );
  }
}

/** @throws Unauthenticated for what can be nobody's email or password */
function readable({ email, password }: SignInForm): { email: string; password: string } {
  for (const field of [email, password]) {
    if (!isStorableText(field) || field === '' || field.length > MAX_FIELD_LENGTH) {
      throw wrongCredentials();
    }
  }
  return { email: email as string, password: password as string };
}

function wrongCredentials(): Unauthenticated {
  return new Unauthenticated('The email or the password is wrong. Try again, or ask an admin for a link to a new one.');
}

/** Whether a person still has the password and the second factor of the sign-in. */
function isSame(
  { passwordHash, factor }: Pick<Account, 'passwordHash' | 'factor'>,
  kept: Pick<SignedIn, 'credential' | 'factor'>,
): boolean {
  return passwordHash !== null && toCredential(passwordHash) === kept.credential && factor === kept.factor;
}
