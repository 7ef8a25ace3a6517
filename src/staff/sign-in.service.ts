import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { StaffCaller } from '../audit/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { isCleanText } from '../common/checks.js';
import { Clock } from '../common/clock.js';
import { Unauthenticated } from '../common/errors.js';
import { oneRow } from '../database/sql.js';
import { Transactions } from '../database/transactions.js';
import { credentialOf, isPasswordOf } from './passwords.js';
import type { Role } from './permissions.js';
import { SignInLimits } from './sign-in-limits.js';

/** What a session keeps of a sign-in. */
export interface SignedIn {
  staffId: string;
  /** When, by the database's clock; ISO 8601. */
  signedInAt: string;
  /** Names the password that was used; the session ends when it changes. */
  credential: string;
}

/** Who a session belongs to, as the database has it now. */
export interface SignedInStaff {
  staffId: string;
  email: string;
  name: string;
  role: Role;
}

/** The raw fields of the sign-in form, and where they came from. */
export interface SignInForm {
  email: unknown;
  password: unknown;
  address: string;
  device: string | undefined;
  /** The `req_…` of the call. */
  requestId: string;
}

interface Account extends SignedInStaff {
  passwordHash: string | null;
  disabled: boolean;
}

const LONGEST_FIELD = 1_000;

/** Signing in to the panel and out of it, and what a session is worth from then on. */
@Injectable()
export class SignInService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly limits: SignInLimits,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns what the session is to keep, and the device cookie for this browser
   * @throws Unauthenticated, saying the same whatever was wrong and taking as long; TooManySignIns
   */
  async signIn(form: SignInForm): Promise<SignedIn & { device: string }> {
    const { address, device, requestId } = form;
    const { email, password } = readable(form);
    const giveBack = await this.limits.count({ email, address, device });
    const account = await this.accountOf(email);
    const matches = await isPasswordOf(account?.passwordHash ?? null, password);
    if (!account || !matches || account.disabled) {
      // Of nobody too, or the time it takes would tell who exists.
      await this.recordFailure(account, address, requestId);
      throw wrongCredentials();
    }
    const signedIn = await this.recordSignIn(account, address, requestId);
    await giveBack();
    return { ...signedIn, device: this.limits.deviceCookieFor(email) };
  }

  /** The person behind a session, or `null` when it is worth nothing any more: too old, disabled, another password. */
  async staffOf({ staffId, signedInAt, credential }: SignedIn): Promise<SignedInStaff | null> {
    const found = await oneRow<SignedInStaff & { passwordHash: string }>(
      this.dataSource.manager,
      `SELECT id AS "staffId", email, name, role, password_hash AS "passwordHash" FROM staff_user
        WHERE id = $1 AND disabled_at IS NULL AND password_hash IS NOT NULL AND $2::timestamptz > now() - interval '7 days'`,
      [staffId, signedInAt],
    );
    if (!found || credentialOf(found.passwordHash) !== credential) return null;
    const { passwordHash: _hash, ...staff } = found;
    return staff;
  }

  /** What a session is to keep after the person changed the own password. */
  async renewed({ staffId, signedInAt }: SignedIn): Promise<SignedIn | null> {
    const found = await oneRow<{ passwordHash: string | null }>(
      this.dataSource.manager,
      'SELECT password_hash AS "passwordHash" FROM staff_user WHERE id = $1',
      [staffId],
    );
    return found?.passwordHash ? { staffId, signedInAt, credential: credentialOf(found.passwordHash) } : null;
  }

  /** The trail of a sign-out; the session itself is the caller's to destroy. */
  async signOut(staff: StaffCaller): Promise<void> {
    await this.transactions.run((em) =>
      this.audit.record(em, staff, { type: 'staff.signed_out', objectId: staff.staffId }),
    );
  }

  private accountOf(email: string): Promise<Account | null> {
    return oneRow<Account>(
      this.dataSource.manager,
      `SELECT id AS "staffId", email, name, role, password_hash AS "passwordHash", disabled_at IS NOT NULL AS disabled
         FROM staff_user WHERE lower(email) = $1`,
      [email.trim().toLowerCase()],
    );
  }

  private recordSignIn(account: Account, address: string, requestId: string): Promise<SignedIn> {
    const { staffId, name, role } = account;
    return this.transactions.run(async (em) => {
      const updated = await oneRow<{ signedInAt: Date }>(
        em,
        'UPDATE staff_user SET last_signed_in_at = $2 WHERE id = $1 RETURNING now() AS "signedInAt"',
        [staffId, this.clock.now()],
      );
      const staff: StaffCaller = { kind: 'staff', staffId, name, role, requestId };
      await this.audit.record(em, staff, { type: 'staff.signed_in', objectId: staffId, internal: { address } });
      // The hash that was verified, and not the row's of now: a password set meanwhile must end this session too.
      const credential = credentialOf(account.passwordHash!);
      return { staffId, signedInAt: updated!.signedInAt.toISOString(), credential };
    });
  }

  private async recordFailure(account: Account | null, address: string, requestId: string): Promise<void> {
    const caller = { kind: 'system' as const, name: 'sign-in', requestId };
    const internal = { address, disabled: account?.disabled ?? false };
    await this.transactions.run((em) =>
      this.audit.record(em, caller, { type: 'staff.sign_in_failed', objectId: account?.staffId ?? 'nobody', internal }),
    );
  }
}

/** @throws Unauthenticated for what can be nobody's email or password */
function readable({ email, password }: SignInForm): { email: string; password: string } {
  for (const field of [email, password]) {
    if (!isCleanText(field) || field === '' || field.length > LONGEST_FIELD) {
      throw wrongCredentials();
    }
  }
  return { email: email as string, password: password as string };
}

function wrongCredentials(): Unauthenticated {
  return new Unauthenticated('The email or the password is wrong.');
}
