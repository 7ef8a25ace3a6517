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
import { queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { sentence } from '../core/sentence.js';
import { ChosenPassword, InviteStaff, StaffIdRef } from './commands.js';
import { hashPassword } from './passwords.js';
import { insertPerson, staffColumns, endSessions, assertStillAdmin, type StaffMember } from './people.js';
import { assertAllowed } from '../authorization/permissions.js';
import { SignInLimits } from './sign-in-limits.js';

/** `token` is returned only this once; its digest is stored. */
export interface WithLink {
  token: string;
}

export interface LinkCall {
  token: unknown;
  address: string;
  /** The `req_…` of the call. */
  callId: CallId;
}

/**
 * Invitations and new passwords by one-time link. A link works once, for 24 hours by the database's clock, and until a newer one
 * of the same person is created.
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

  /** Creates a person who can sign in once they have used the link. @throws Conflict, ValidationFailed, ForbiddenRole */
  async invite(caller: Insider, input: object): Promise<StaffMember & WithLink> {
    assertAllowed(caller, 'manageStaff');
    const command = validated(InviteStaff, input);
    return this.transactions.run(async (em) => {
      await assertStillAdmin(em, caller);
      const created = await insertPerson(em, command, null, this.clock.now());
      const token = await createLink(em, created.staffId);
      const { email, name, role } = created;
      await this.audit.record(em, caller, {
        type: 'staff.invited',
        objectId: created.staffId,
        internal: { before: null, after: { email, name, role } },
      });
      return { ...created, token };
    });
  }

  /** Creates a link to a new password; the present one works until the link is used. @throws NotFound, Conflict, ForbiddenRole */
  async reset(caller: Insider, input: object): Promise<StaffMember & WithLink> {
    assertAllowed(caller, 'manageStaff');
    const { staffId } = validated(StaffIdRef, input);
    return this.transactions.run(async (em) => {
      await assertStillAdmin(em, caller);
      const person = await queryRow<StaffMember>(
        em,
        sql`SELECT ${staffColumns} FROM staff_user WHERE id = ${staffId} FOR UPDATE`,
      );
      if (!person) throw new NotFound('This staff member');
      if (person.disabledAt)
        throw new Conflict('not_allowed_now', sentence`${person.name} is disabled; enable them first.`);
      const token = await createLink(em, staffId);
      await this.audit.record(em, caller, { type: 'staff.reset_link_made', objectId: staffId });
      return { ...person, token };
    });
  }

  /** The owner of a valid link, without using it up. @throws TooManySignIns */
  async findOwner({ token, address }: LinkCall): Promise<{ name: string; email: string } | null> {
    const forgive = await this.limits.countGuess('link', address);
    const found = await queryRow<{ name: string; email: string }>(
      this.dataSource.manager,
      sql`SELECT name, email FROM staff_link JOIN staff_user ON staff_user.id = staff_link.staff_id
        WHERE token_digest = ${digestToken(token)} AND expires_at > now() AND disabled_at IS NULL`,
    );
    if (found) await forgive();
    return found;
  }

  /**
   * Uses up a link: sets the new password and ends every session of the person.
   * @returns the person, and a device cookie, so that the person can sign in even while others' guesses lock the account
   * @throws NotFound for an invalid link, ValidationFailed for a bad password, TooManySignIns
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
        sql`WITH used AS (DELETE FROM staff_link WHERE token_digest = ${digestToken(token)} AND expires_at > now() RETURNING staff_id)
         UPDATE staff_user SET password_hash = ${passwordHash} FROM used
          WHERE staff_user.id = used.staff_id AND disabled_at IS NULL RETURNING ${staffColumns}`,
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
    return { ...person, device: this.limits.createDeviceCookie(person.email) };
  }
}

async function createLink(em: EntityManager, staffId: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await queryRows(
    em,
    sql`INSERT INTO staff_link (staff_id, token_digest, expires_at)
     VALUES (${staffId}, ${digestToken(token)}, now() + interval '24 hours')
     ON CONFLICT (staff_id) DO UPDATE SET token_digest = excluded.token_digest, expires_at = excluded.expires_at`,
  );
  return token;
}

function digestToken(token: unknown): Buffer {
  return createHash('sha256')
    .update(isStorableText(token) ? token : '')
    .digest();
}
