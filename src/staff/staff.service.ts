import { Injectable } from '@nestjs/common';
import type { Insider } from '../authorization/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { Conflict, NotFound, ValidationFailed } from '../core/errors.js';
import { validated } from '../core/validation.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { ClaimsService } from '../lease-requests/claims.service.js';
import { CreateStaff, StaffIdRef, SetPassword, UpdateStaff } from './commands.js';
import { generatePassword, hashPassword } from './passwords.js';
import { assertAllowed } from '../authorization/permissions.js';
import {
  addPerson,
  columns,
  endSessions,
  forgetLink,
  isActiveAdmin,
  lockWithAdmins,
  assertStillAdmin,
  type StaffMember,
} from './people.js';

/** `password` is what was generated, told this once; `null` where the caller gave one. */
export interface WithPassword {
  password: string | null;
}

/** The people who use the panel: made, renamed, given roles and passwords, disabled. They are never deleted, for the trail names them. */
@Injectable()
export class StaffService {
  constructor(
    private readonly transactions: Transactions,
    private readonly claims: ClaimsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** @throws Conflict when somebody has this email already, ValidationFailed, ForbiddenRole */
  async create(caller: Insider, input: object): Promise<StaffMember & WithPassword> {
    assertAllowed(caller, 'manageStaff');
    const command = validated(CreateStaff, input);
    const password = command.password ?? generatePassword();
    const passwordHash = await hashPassword(password);
    return this.transactions.run(async (em) => {
      await assertStillAdmin(em, caller);
      const made = await addPerson(em, command, passwordHash, this.clock.now());
      const { email, name, role } = made;
      await this.audit.record(em, caller, {
        type: 'staff.created',
        objectId: made.staffId,
        internal: { before: null, after: { email, name, role } },
      });
      return { ...made, password: command.password === undefined ? password : null };
    });
  }

  /**
   * Changes a name, a role, or whether somebody may sign in. Disabling ends the person's sessions and claims.
   * @throws Conflict when nobody would be left to manage staff, or one would lock oneself out; NotFound, ValidationFailed, ForbiddenRole
   */
  async update(caller: Insider, input: object): Promise<StaffMember> {
    assertAllowed(caller, 'manageStaff');
    const command = validated(UpdateStaff, input);
    return this.transactions.run(async (em) => {
      const { person: before, admins } = await lockWithAdmins(em, caller, command.staffId);
      const after: StaffMember = {
        ...before,
        name: command.name?.trim() ?? before.name,
        role: command.role ?? before.role,
        disabledAt: this.disabledAt(before, command.disabled),
      };
      assertAdminRemains(caller, before, after, admins);
      if (JSON.stringify(after) === JSON.stringify(before)) return before;
      await queryRows(em, 'UPDATE staff_user SET name = $2, role = $3, disabled_at = $4 WHERE id = $1', [
        after.staffId,
        after.name,
        after.role,
        after.disabledAt,
      ]);
      if (after.disabledAt) {
        await endSessions(em, after.staffId);
        await forgetLink(em, after.staffId);
        await this.claims.endAllBy(em, after.staffId);
      }
      await this.audit.record(em, caller, {
        type: 'staff.updated',
        objectId: after.staffId,
        internal: { before: toMember(before), after: toMember(after) },
      });
      return after;
    });
  }

  /** Keeps somebody out from now on; what `update` says of disabling. */
  async disable(caller: Insider, input: object): Promise<StaffMember> {
    return this.update(caller, { ...validated(StaffIdRef, input), disabled: true });
  }

  /** Lets somebody sign in again. @throws NotFound, ForbiddenRole */
  async enable(caller: Insider, input: object): Promise<StaffMember> {
    return this.update(caller, { ...validated(StaffIdRef, input), disabled: false });
  }

  /**
   * Gives somebody a new password. All sessions of that person end.
   * @param keptSession the session of somebody who changes the own password; it goes on
   * @throws NotFound, ValidationFailed, ForbiddenRole
   */
  async setPassword(caller: Insider, input: object, keptSession?: string): Promise<StaffMember & WithPassword> {
    assertAllowed(caller, 'manageStaff');
    const command = validated(SetPassword, input);
    if ((command.staffId === undefined) === (command.email === undefined)) {
      throw new ValidationFailed([{ path: 'email', message: 'name the person by email or by id' }]);
    }
    const password = command.password ?? generatePassword();
    const passwordHash = await hashPassword(password);
    return this.transactions.run(async (em) => {
      await assertStillAdmin(em, caller);
      const found = await queryRow<StaffMember & { hadPassword: boolean }>(
        em,
        `SELECT ${columns}, password_hash IS NOT NULL AS "hadPassword"
           FROM staff_user WHERE id = $1 OR lower(email) = $2 FOR NO KEY UPDATE`,
        [command.staffId ?? null, command.email?.trim().toLowerCase() ?? null],
      );
      if (!found) throw new NotFound('This staff member');
      const { hadPassword, ...person } = found;
      await queryRows(em, 'UPDATE staff_user SET password_hash = $2 WHERE id = $1', [person.staffId, passwordHash]);
      await endSessions(em, person.staffId, keptSession);
      await forgetLink(em, person.staffId);
      await this.audit.record(em, caller, {
        type: 'staff.password_set',
        objectId: person.staffId,
        internal: { before: { password: hadPassword ? 'an earlier one' : 'none' }, after: { password: 'a new one' } },
      });
      return { ...person, password: command.password === undefined ? password : null };
    });
  }

  private disabledAt(before: StaffMember, disabled: boolean | undefined): Date | null {
    if (disabled === undefined) return before.disabledAt;
    return disabled ? (before.disabledAt ?? this.clock.now()) : null;
  }
}

function assertAdminRemains(caller: Insider, before: StaffMember, after: StaffMember, admins: StaffMember[]): void {
  const isOneself = caller.kind === 'staff' && caller.staffId === before.staffId;
  if (isOneself && (after.role !== before.role || after.disabledAt)) {
    throw new Conflict('not_allowed_now', 'You cannot disable yourself or change your own role; ask another admin.');
  }
  const leaves = isActiveAdmin(before) && !isActiveAdmin(after);
  if (leaves && admins.length === 1) {
    throw new Conflict('not_allowed_now', `${before.name} is the last admin, who can be neither disabled nor demoted.`);
  }
}

function toMember({ name, role, disabledAt }: StaffMember) {
  return { name, role, disabledAt };
}
