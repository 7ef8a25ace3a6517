import { Injectable } from '@nestjs/common';
import type { Insider } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { assertAsSeen } from '../audit/seen-values.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound, ValidationFailed } from '../core/errors.js';
import { validated } from '../core/validation.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { sentence } from '../core/sentence.js';
import { ClaimsService } from '../lease-requests/claims.service.js';
import { CreateStaff, StaffIdRef, SetPassword, UpdateStaff } from './commands.js';
import { generatePassword, hashPassword } from './passwords.js';
import { assertAllowed } from '../authorization/permissions.js';
import {
  insertPerson,
  isPersonSql,
  staffColumns,
  endSessions,
  deleteLink,
  isActiveAdmin,
  lockWithAdmins,
  assertStillAdmin,
  type StaffMember,
} from './people.js';

/** `password` is a generated one, returned only this once; `null` where the caller set it. */
export interface WithPassword {
  password: string | null;
}

/** The people who use the panel. They are never deleted, because the audit log refers to them. */
@Injectable()
export class StaffService {
  constructor(
    private readonly transactions: Transactions,
    private readonly claims: ClaimsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws Conflict when the email is taken, ValidationFailed, ForbiddenRole */
  async create(caller: Insider, input: object): Promise<StaffMember & WithPassword> {
    assertAllowed(caller, 'manageStaff');
    const command = validated(CreateStaff, input);
    const password = command.password ?? generatePassword();
    const passwordHash = await hashPassword(password);
    return this.transactions.run(async (em) => {
      await assertStillAdmin(em, caller);
      const created = await insertPerson(em, command, passwordHash, this.clock.now());
      const { email, name, role } = created;
      await this.audit.record(em, caller, {
        type: 'staff.created',
        objectId: created.staffId,
        internal: { before: null, after: { email, name, role } },
      });
      return { ...created, password: command.password === undefined ? password : null };
    });
  }

  /**
   * Changes a name, a role, or whether the person may sign in. Disabling ends the person's sessions and claims.
   * @throws Conflict when no admin would be left, or the caller would lock themselves out; NotFound, ValidationFailed, ForbiddenRole
   */
  async update(caller: Insider, input: object): Promise<StaffMember> {
    assertAllowed(caller, 'manageStaff');
    const command = validated(UpdateStaff, input);
    return this.transactions.run(async (em) => {
      const { person: before, admins } = await lockWithAdmins(em, caller, command.staffId);
      await assertAsSeen(em, before.staffId, command.seen, { name: before.name, role: before.role });
      const after: StaffMember = {
        ...before,
        name: command.name?.trim() ?? before.name,
        role: command.role ?? before.role,
        disabledAt: this.getDisabledAt(before, command.disabled),
      };
      assertAdminRemains(caller, before, after, admins);
      if (JSON.stringify(after) === JSON.stringify(before)) return before;
      await queryRows(
        em,
        sql`UPDATE staff_user SET name = ${after.name}, role = ${after.role}, disabled_at = ${after.disabledAt}
             WHERE id = ${after.staffId}`,
      );
      if (after.disabledAt) {
        await endSessions(em, after.staffId);
        await deleteLink(em, after.staffId);
        await this.claims.endAllOf(em, after.staffId);
      }
      await this.audit.record(em, caller, {
        type: 'staff.updated',
        objectId: after.staffId,
        internal: { before: toMember(before), after: toMember(after) },
      });
      return after;
    });
  }

  /** @throws see {@link update} */
  async disable(caller: Insider, input: object): Promise<StaffMember> {
    return this.update(caller, { ...validated(StaffIdRef, input), disabled: true });
  }

  /** @throws NotFound, ForbiddenRole */
  async enable(caller: Insider, input: object): Promise<StaffMember> {
    return this.update(caller, { ...validated(StaffIdRef, input), disabled: false });
  }

  /**
   * Sets a person's password. All sessions of that person end.
   * @param keptSession the id of one that goes on, for a person who changes their password
   * @throws NotFound, ValidationFailed, ForbiddenRole
   */
  async setPassword(caller: Insider, input: object, keptSession?: string): Promise<StaffMember & WithPassword> {
    assertAllowed(caller, 'manageStaff');
    const command = validated(SetPassword, input);
    if ((command.staffId === undefined) === (command.email === undefined)) {
      throw new ValidationFailed([{ path: 'email', message: 'or the id of the person is required, not both' }]);
    }
    const password = command.password ?? generatePassword();
    const passwordHash = await hashPassword(password);
    return this.transactions.run(async (em) => {
      await assertStillAdmin(em, caller);
      const found = await queryRow<StaffMember & { hadPassword: boolean }>(
        em,
        sql`SELECT ${staffColumns}, password_hash IS NOT NULL AS "hadPassword"
           FROM staff_user WHERE ${isPersonSql(command)} FOR NO KEY UPDATE`,
      );
      if (!found) throw new NotFound('This staff member');
      const { hadPassword, ...person } = found;
      await queryRows(em, sql`UPDATE staff_user SET password_hash = ${passwordHash} WHERE id = ${person.staffId}`);
      await endSessions(em, person.staffId, keptSession);
      await deleteLink(em, person.staffId);
      await this.audit.record(em, caller, {
        type: 'staff.password_set',
        objectId: person.staffId,
        internal: { before: { password: hadPassword ? 'an earlier one' : 'none' }, after: { password: 'a new one' } },
      });
      return { ...person, password: command.password === undefined ? password : null };
    });
  }

  private getDisabledAt(before: StaffMember, disabled: boolean | undefined): Date | null {
    if (disabled === undefined) return before.disabledAt;
    return disabled ? (before.disabledAt ?? this.clock.now()) : null;
  }
}

function assertAdminRemains(caller: Insider, before: StaffMember, after: StaffMember, admins: StaffMember[]): void {
  const isSelf = caller.kind === 'staff' && caller.staffId === before.staffId;
  if (isSelf && (after.role !== before.role || after.disabledAt)) {
    throw new Conflict('not_allowed_now', 'You cannot disable yourself or change your own role. Ask another admin.');
  }
  const stopsBeingAdmin = isActiveAdmin(before) && !isActiveAdmin(after);
  if (stopsBeingAdmin && admins.length === 1) {
    throw new Conflict(
      'not_allowed_now',
      sentence`${before.name} is the last admin and cannot be disabled or demoted.`,
    );
  }
}

function toMember({ name, role, disabledAt }: StaffMember) {
  return { name, role, disabledAt };
}
