import type { CallId } from '../core/ids.js';
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Insider, StaffCaller } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { isStorableText } from '../core/text.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound } from '../core/errors.js';
import { validated } from '../core/validation.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { ChosenPassword, InviteStaff, StaffIdRef } from './commands.js';
import { hashPassword } from './passwords.js';
import { addPerson, columns, endSessions, assertStillAdmin, type StaffMember } from './people.js';
import { assertAllowed } from '../authorization/permissions.js';
import { SignInLimits } from './sign-in-limits.js';

/** A link that lets one person choose a password, told this once: only the token's digest is kept. */
export interface WithLink {
  token: string;
}

/** Who chooses a password by a link, and from where. */
export interface LinkCall {
  token: unknown;
  address: string;
  /** The `req_…` of the call. */
  callId: CallId;
}

/**
 * Invitations and new passwords by one-time link. A link works once, for 24 hours by the database's clock; a later one
 * of the same person takes its place.
 */
@Injectable()
export class OneTimeLinksService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly limits: SignInLimits,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Makes somebody who cannot sign in before the link was used. @throws Conflict, ValidationFailed, ForbiddenRole */
  async invite(caller: Insider, input: object): Promise<StaffMember & WithLink> {
    assertAllowed(caller, 'manageStaff');
    const command = validated(InviteStaff, input);
    return this.transactions.run(async (em) => {
      await assertStillAdmin(em, caller);
      const made = await addPerson(em, command, null, this.clock.now());
      const token = await makeLink(em, made.staffId);
      const { email, name, role } = made;
      await this.audit.record(em, caller, {
        type: 'staff.invited',
        objectId: made.staffId,
        internal: { before: null, after: { email, name, role } },
      });
      return { ...made, token };
    });
  }

  /** Lets somebody choose another password; the present one works until then. @throws NotFound, Conflict, ForbiddenRole */
  async reset(caller: Insider, input: object): Promise<StaffMember & WithLink> {
    assertAllowed(caller, 'manageStaff');
    const { staffId } = validated(StaffIdRef, input);
    return this.transactions.run(async (em) => {
      await assertStillAdmin(em, caller);
      const person = await queryRow<StaffMember>(em, `SELECT ${columns} FROM staff_user WHERE id = $1 FOR UPDATE`, [
        staffId,
      ]);
      if (!person) throw new NotFound('This staff member');
      if (person.disabledAt) throw new Conflict('not_allowed_now', `${person.name} is disabled; enable them first.`);
      const token = await makeLink(em, staffId);
      await this.audit.record(em, caller, { type: 'staff.reset_link_made', objectId: staffId });
      return { ...person, token };
    });
  }

  /** Whose link it is, or `null` when it is worth nothing (any more); it stays as it is. @throws TooManySignIns */
  async findOwner({ token, address }: LinkCall): Promise<{ name: string; email: string } | null> {
    const forgive = await this.limits.countGuess('link', address);
    const found = await queryRow<{ name: string; email: string }>(
      this.dataSource.manager,
      `SELECT name, email FROM staff_link JOIN staff_user ON staff_user.id = staff_link.staff_id
        WHERE token_digest = $1 AND expires_at > now() AND disabled_at IS NULL`,
      [digestToken(token)],
    );
    if (found) await forgive();
    return found;
  }

  /**
   * Uses up a link: the person has the new password, and every session of theirs ends.
   * @returns the person, and the device cookie for this browser: whoever was locked out by guesses can sign in on it
   * @throws NotFound when the link is worth nothing (any more), ValidationFailed for a bad password, TooManySignIns
   */
  async choosePassword(
    { token, address, callId }: LinkCall,
    password: unknown,
  ): Promise<StaffMember & { device: string }> {
    const forgive = await this.limits.countGuess('link', address);
    const command = validated(ChosenPassword, { password });
    const passwordHash = await hashPassword(command.password);
    const person = await this.transactions.run(async (em) => {
      const used = await queryRow<StaffMember>(
        em,
        `WITH used AS (DELETE FROM staff_link WHERE token_digest = $1 AND expires_at > now() RETURNING staff_id)
         UPDATE staff_user SET password_hash = $2 FROM used
          WHERE staff_user.id = used.staff_id AND disabled_at IS NULL RETURNING ${columns}`,
        [digestToken(token), passwordHash],
      );
      if (!used) throw new NotFound('This link');
      await endSessions(em, used.staffId);
      const { staffId, name, role } = used;
      const caller: StaffCaller = { kind: 'staff', staffId, name, role, callId };
      const internal = { byLink: true, address };
      await this.audit.record(em, caller, { type: 'staff.password_set', objectId: staffId, internal });
      return used;
    });
    await forgive();
    return { ...person, device: this.limits.deviceCookieFor(person.email) };
  }
}

async function makeLink(em: EntityManager, staffId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await queryRows(
    em,
    `INSERT INTO staff_link (staff_id, token_digest, expires_at) VALUES ($1, $2, now() + interval '24 hours')
     ON CONFLICT (staff_id) DO UPDATE SET token_digest = excluded.token_digest, expires_at = excluded.expires_at`,
    [staffId, digestToken(token)],
  );
  return token;
}

function digestToken(token: unknown): Buffer {
  return createHash('sha256')
    .update(isStorableText(token) ? token : '')
    .digest();
}
