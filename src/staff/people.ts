import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { Conflict, ForbiddenRole, NotFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { violatesUnique } from '../core/database-errors.js';
import { queryRow, queryRows } from '../core/sql.js';
import type { InviteStaff } from './commands.js';
import type { Role } from '../authorization/roles.js';

/** A staff member, without anything that signs in. */
export interface StaffMember {
  staffId: string;
  email: string;
  name: string;
  role: Role;
  disabledAt: Date | null;
}

/** The columns of a {@link StaffMember}. */
export const columns = 'id AS "staffId", email, name, role, disabled_at AS "disabledAt"';

/**
 * Writes down a new person.
 * @param passwordHash `null` for somebody who sets the own password by a link
 * @throws Conflict when somebody has this email already
 */
export async function addPerson(
  em: EntityManager,
  person: InviteStaff,
  passwordHash: string | null,
  now: Date,
): Promise<StaffMember> {
  const email = person.email.trim().toLowerCase();
  const name = person.name?.trim() ?? [...email.split('@')[0]!].slice(0, 100).join('');
  const made = await queryRow<StaffMember>(
    em,
    `INSERT INTO staff_user (id, email, name, role, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)
     RETURNING ${columns}`,
    [newId('stf'), email, name, person.role, passwordHash, now],
  ).catch(toEmailConflict);
  return made!;
}

/** Ends every session of a person at once, but for the one named. */
export async function endSessions(em: EntityManager, staffId: string, kept?: string): Promise<void> {
  await queryRows(em, `DELETE FROM staff_session WHERE sess ->> 'staffId' = $1 AND sid IS DISTINCT FROM $2`, [
    staffId,
    kept ?? null,
  ]);
}

/** Makes the person's open link worth nothing. */
export async function forgetLink(em: EntityManager, staffId: string): Promise<void> {
  await queryRows(em, 'DELETE FROM staff_link WHERE staff_id = $1', [staffId]);
}

/** Locks the person and every active admin, in id order: of two who demote each other at once, the second finds what the first did. */
export async function lockWithAdmins(em: EntityManager, caller: Insider, staffId: string) {
  const locked = await queryRows<StaffMember>(
    em,
    `SELECT ${columns} FROM staff_user WHERE id = $1 OR (role = 'admin' AND disabled_at IS NULL) ORDER BY id FOR UPDATE`,
    [staffId],
  );
  const person = locked.find((member) => member.staffId === staffId);
  const admins = locked.filter(isActiveAdmin);
  assertFound(caller, admins);
  if (!person) throw new NotFound('This staff member');
  return { person, admins };
}

/** The role was read when the call came in; meanwhile a colleague may have taken it away. */
export async function assertStillAdmin(em: EntityManager, caller: Insider): Promise<void> {
  if (caller.kind === 'system') return;
  const admins = await queryRows<StaffMember>(
    em,
    `SELECT ${columns} FROM staff_user WHERE id = $1 AND role = 'admin' AND disabled_at IS NULL FOR SHARE`,
    [caller.staffId],
  );
  assertFound(caller, admins);
}

export function isActiveAdmin(member: StaffMember): boolean {
  return member.role === 'admin' && member.disabledAt === null;
}

function assertFound(caller: Insider, admins: StaffMember[]): void {
  if (caller.kind === 'system' || admins.some((admin) => admin.staffId === caller.staffId)) return;
  throw new ForbiddenRole('You are no admin any more; nothing was changed.');
}

function toEmailConflict(error: unknown): never {
  if (violatesUnique(error, 'staff_user_email_key')) {
    throw new Conflict('already_exists', 'There is a staff member with this email already.');
  }
  throw error;
}
