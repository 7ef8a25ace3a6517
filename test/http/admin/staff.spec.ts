import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { newId } from '../../../src/core/ids.js';
import { StaffService } from '../../../src/staff/staff.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { atOnce, theSystem } from '../../support/makers.js';
import { aColleague, everything, signedIn, signIn, type Colleague, type Person } from './panel.js';
import { agent } from '../../support/agent.js';

let service: TestApp;
let staff: StaffService;
let admin: Person;

beforeAll(async () => {
  service = await startTestApp();
  staff = service.app.get(StaffService, { strict: false });
});
afterAll(() => service.close());
beforeEach(async () => {
  await service.dataSource.query("UPDATE staff_user SET role = 'viewer' WHERE role = 'admin'");
  await service.dataSource.query('DELETE FROM sign_in_attempt');
  admin = await signedIn(service, 'admin');
});

const asCaller = ({ staffId, email, role }: Colleague): StaffCaller => ({
  kind: 'staff',
  staffId,
  name: email,
  role,
  callId: newId('req'),
});

async function activeAdmins(): Promise<string[]> {
  const found = await service.dataSource.query(
    "SELECT id FROM staff_user WHERE role = 'admin' AND disabled_at IS NULL",
  );
  return found.map(({ id }: { id: string }) => id);
}

describe('Staff accounts', () => {
  it('are made by an admin; a generated password is told once and works', async () => {
    const made = await admin.create('staff', { email: 'New.Colleague@Staff.example', role: 'operator' });
    expect(made.notice).toMatchObject({ type: 'success' });
    expect(made.record!.params).toMatchObject({
      email: 'new.colleague@staff.example',
      name: 'new.colleague',
      role: 'operator',
      disabled: false,
    });
    const password = made.body.password as string;
    expect(password).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
    expect((await signIn(agent(service.baseUrl), { email: 'new.colleague@staff.example', password })).status).toBe(302);
    const shown = await admin.get(`/resources/staff/records/${made.record!.id}/show`);
    expect(shown.text).not.toContain(password);
  });

  it('have each email once, in whatever case', async () => {
    const before = await everything(service);
    const again = await admin.create('staff', { email: admin.email.toUpperCase(), role: 'viewer' });
    expect(again.notice).toMatchObject({
      type: 'error',
      message: expect.stringMatching(/^A staff member with this email already exists\./),
    });
    expect(await everything(service)).toBe(before);
  });

  it('are refused with every fault named', async () => {
    const before = await everything(service);
    const faulty = [
      [{}, /the email is required; the role is required/],
      [{ email: 'no address', role: 'viewer' }, /email must be an email address/],
      [{ email: 'a@b.example', role: 'owner' }, /role must be one of viewer, operator, finance, admin/],
      [{ email: 'a@b.example', role: 'viewer', password: 'short' }, /password must have at least 10 characters/],
      [{ email: 'a@b.example', role: 'viewer', name: '</script>' }, /name must not contain <, >/],
      [
        { email: 'a@b.example', role: 'viewer', name: 'Ana \u202elive' },
        /name must not contain .* invisible characters/,
      ],
      [{ email: '<b>@b.example', role: 'viewer' }, /email must be an email address/],
      [{ email: 'a@b.example', role: 'viewer', passwordHash: 'x' }, /passwordHash is not a known field/],
    ] as const;
    for (const [body, sentence] of faulty) {
      const answer = await admin.create('staff', body);
      expect(answer.notice).toMatchObject({ type: 'error' });
      expect(answer.notice!.message).toMatch(sentence);
    }
    expect(await everything(service)).toBe(before);
  });

  it('change their name, role and whether they may sign in, each with before and after on the trail', async () => {
    const colleague = await aColleague(service, 'viewer');
    const edited = await admin.act('staff', colleague.staffId, 'edit', {
      name: 'Ana Kovač',
      role: 'finance',
      disabled: true,
    });
    expect(edited.notice).toMatchObject({ type: 'success' });
    expect(edited.record!.params).toMatchObject({ name: 'Ana Kovač', role: 'finance', disabled: true });
    const [event] = await service.dataSource.query(
      "SELECT actor_id AS actor, internal FROM audit_event WHERE type = 'staff.updated' AND object_id = $1",
      [colleague.staffId],
    );
    expect(event.actor).toBe(admin.staffId);
    expect(event.internal).toMatchObject({ before: { role: 'viewer' }, after: { role: 'finance', name: 'Ana Kovač' } });
    expect((await signIn(agent(service.baseUrl), colleague)).status).toBe(401);
    await admin.act('staff', colleague.staffId, 'edit', { disabled: false });
    expect((await signIn(agent(service.baseUrl), colleague)).status).toBe(302);
  });

  it('get a new password that stands in one field of one answer, and in no sentence', async () => {
    const { staffId } = await aColleague(service, 'viewer');
    const { notice, record, body } = await admin.act('staff', staffId, 'setPassword', {});
    const password = body.password as string;
    expect(password.length).toBeGreaterThanOrEqual(10);
    expect(notice!.message).toContain('shown only now');
    expect(JSON.stringify([notice, record])).not.toContain(password);
    const chosen = await admin.act('staff', staffId, 'setPassword', { password: 'a chosen password' });
    expect(chosen.text).not.toContain('a chosen password');
  });

  it('leave a trail that holds no password', async () => {
    await admin.act('staff', admin.staffId, 'setPassword', { password: 'marker-of-a-password' });
    const events = await service.dataSource.query('SELECT data::text, internal::text FROM audit_event');
    expect(JSON.stringify(events)).not.toContain('marker-of-a-password');
    const [{ hash }] = await service.dataSource.query('SELECT password_hash AS hash FROM staff_user WHERE id = $1', [
      admin.staffId,
    ]);
    expect(hash).toMatch(/^\$argon2id\$/);
  });
});

describe('The last admin', () => {
  it('can be neither disabled nor demoted, by nobody', async () => {
    for (const change of [{ role: 'operator' as const }, { disabled: true }]) {
      const before = await everything(service);
      await expect(staff.update(theSystem(), { staffId: admin.staffId, ...change })).rejects.toThrow(
        /is the last admin/,
      );
      expect(await everything(service)).toBe(before);
    }
  });

  it('is not counted when disabled', async () => {
    const second = await aColleague(service, 'admin');
    await admin.act('staff', second.staffId, 'edit', { disabled: true });
    await expect(staff.update(theSystem(), { staffId: admin.staffId, role: 'viewer' })).rejects.toThrow(
      /is the last admin/,
    );
  });

  it('cannot be oneself: nobody disables or demotes themselves, with however many admins', async () => {
    await aColleague(service, 'admin');
    for (const change of [{ role: 'viewer' }, { disabled: true }]) {
      const before = await everything(service);
      const answer = await admin.act('staff', admin.staffId, 'edit', change);
      expect(answer.notice).toMatchObject({ type: 'error' });
      expect(answer.notice!.message).toContain('You cannot disable yourself or change your own role');
      expect(await everything(service)).toBe(before);
    }
    expect((await admin.act('staff', admin.staffId, 'edit', { name: 'Still here' })).notice).toMatchObject({
      type: 'success',
    });
  });

  it('stays when two admins demote or disable each other at the same moment, again and again', async () => {
    for (let round = 0; round < 15; round += 1) {
      await service.dataSource.query("UPDATE staff_user SET role = 'viewer' WHERE role = 'admin'");
      const pair = [await aColleague(service, 'admin'), await aColleague(service, 'admin')];
      const change = round % 2 === 0 ? { role: 'viewer' as const } : { disabled: true };
      const outcomes = await Promise.allSettled(
        pair.map((one, n) => staff.update(asCaller(one), { staffId: pair[1 - n]!.staffId, ...change })),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await activeAdmins()).toHaveLength(1);
    }
  });

  it('stays when everybody demotes everybody', async () => {
    const all = [admin, await aColleague(service, 'admin'), await aColleague(service, 'admin')];
    await Promise.allSettled(
      await atOnce(12, async (n) =>
        staff
          .update(asCaller(all[n % 3]!), { staffId: all[(n + 1) % 3]!.staffId, role: 'viewer' })
          .catch(() => undefined),
      ),
    );
    expect((await activeAdmins()).length).toBeGreaterThanOrEqual(1);
  });

  it('no longer decides once the role is gone, though the call began before', async () => {
    const former = await aColleague(service, 'admin');
    const caller = asCaller(former);
    await admin.act('staff', former.staffId, 'edit', { role: 'viewer' });
    const other = await aColleague(service, 'viewer');
    await expect(staff.update(caller, { staffId: other.staffId, role: 'admin' })).rejects.toThrow(/no longer an admin/);
    await expect(staff.setPassword(caller, { staffId: other.staffId })).rejects.toThrow(/no longer an admin/);
    await expect(staff.create(caller, { email: 'by.former@staff.example', role: 'admin' })).rejects.toThrow(
      /no longer an admin/,
    );
  });
});
