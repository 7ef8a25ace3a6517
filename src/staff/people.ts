import type { EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { Conflict, ForbiddenRole, NotFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { violatesUnique } from '../core/database-errors.js';
import { queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import { toTextKey } from '../core/text-key.js';
import { textKeySql } from '../core/text-key-sql.js';
import type { InviteStaff } from './commands.js';
import type { Role } from '../authorization/roles.js';

/** A staff member, without credentials. */
export interface StaffMember {
  staffId: string;
  email: string;
  name: string;
  role: Role;
  disabledAt: Date | null;
}

/** The columns of a {@link StaffMember}. */
export const staffColumns = sql`id AS "staffId", email, name, role, disabled_at AS "disabledAt"`;

/** Whether a row of `staff_user` is the person with that id or email. */
export function isPersonSql({ staffId, email }: { staffId?: string; email?: string }): Sql {
  return staffId === undefined
    ? sql`${textKeySql(sql`email`)} = ${email === undefined ? null : toTextKey(email)}`
    : sql`id = ${staffId}`;
}

/**
 * Inserts a new person.
 * @param passwordHash `null` for a person who sets their password by a link
 * @throws Conflict when the email is taken
 */
export async function insertPerson(
  em: EntityManager,
  person: InviteStaff,
  passwordHash: string | null,
  now: Date,
): Promise<StaffMember> {
  const email = toTextKey(person.email);
  const name = person.name?.trim() ?? [...email.split('@')[0]!].slice(0, 100).join('');
  const created = await queryRow<StaffMember>(
    em,
    sql`INSERT INTO staff_user (id, email, name, role, password_hash, created_at)
     VALUES (${newId('stf')}, ${email}, ${name}, ${person.role}, ${passwordHash}, ${now})
     RETURNING ${staffColumns}`,
  ).catch(toEmailConflict);
  return created!;
}

/** Ends every session of a person at once. @param keptSessionId one that goes on */
export async function endSessions(em: EntityManager, staffId: string, keptSessionId?: string): Promise<void> {
  await queryRows(
    em,
    sql`DELETE FROM staff_session WHERE sess ->> 'staffId' = ${staffId} AND sid IS DISTINCT FROM ${keptSessionId ?? null}::text`,
  );
}

export async function deleteLink(em: EntityManager, staffId: string): Promise<void> {
  await queryRows(em, sql`DELETE FROM staff_link WHERE staff_id = ${staffId}`);
}

/** Locks the person and every active admin, in id order, so that two admins cannot demote each other at once. @throws ForbiddenRole, NotFound */
export async function lockWithAdmins(em: EntityManager, caller: Insider, staffId: string) {
  const locked = await queryRows<StaffMember>(
    em,
    sql`SELECT ${staffColumns} FROM staff_user
         WHERE id = ${staffId} OR (role = 'admin' AND disabled_at IS NULL) ORDER BY id FOR UPDATE`,
  );
  const person = locked.find((member) => member.staffId === staffId);
  const admins = locked.filter(isActiveAdmin);
  assertAdmin(caller, admins);
  if (!person) throw new NotFound('This staff member');
  return { person, admins };
}

/** The caller's role was read when the call came in, and may have changed since. @throws ForbiddenRole */
export async function assertStillAdmin(em: EntityManager, caller: Insider): Promise<void> {
  if (caller.kind === 'system') return;
  const admins = await queryRows<StaffMember>(
    em,
    sql`SELECT ${staffColumns} FROM staff_user
         WHERE id = ${caller.staffId} AND role = 'admin' AND disabled_at IS NULL FOR SHARE`,
  );
  assertAdmin(caller, admins);
}

export function isActiveAdmin(member: StaffMember): boolean {
  return member.role === 'admin' && member.disabledAt === null;
}

function assertAdmin(caller: Insider, admins: StaffMember[]): void {
  if (caller.kind === 'system' || admins.some((admin) => admin.staffId === caller.staffId)) return;
  throw new ForbiddenRole('You are no longer an admin; nothing was changed.');
}

function toEmailConflict(error: unknown): never {
  if (violatesUnique(error, 'staff_user_email_key')) {
    throw new Conflict('already_exists', 'A staff member with this email already exists.');
  }
  throw error;
}
