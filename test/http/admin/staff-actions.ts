import { OneTimeLinksService } from '../../../src/staff/one-time-links.service.js';
import { StaffService } from '../../../src/staff/staff.service.js';
import type { TestApp } from '../../support/app.js';
import { theSystem } from '../../support/makers.js';
import type { Deed } from './request-actions.js';
import { aColleague } from './panel.js';

const admins = ['admin'] as const;

let numbered = 0;
/** What is done to colleagues. */
export const staffDeeds: Deed[] = [
  {
    resource: 'staff',
    action: 'edit',
    allowed: admins,
    event: 'staff.updated',
    scene: async (service) => ({
      id: (await aColleague(service, 'viewer')).staffId,
      body: { role: 'operator' },
      after: { role: 'operator' },
    }),
  },
  {
    resource: 'staff',
    action: 'setPassword',
    allowed: admins,
    event: 'staff.password_set',
    scene: async (service) => ({ id: (await aColleague(service, 'viewer')).staffId, body: {} }),
  },
  {
    resource: 'staff',
    action: 'reset',
    allowed: admins,
    scene: async (service) => ({ id: (await aColleague(service, 'viewer')).staffId, body: {} }),
  },
  {
    resource: 'staff',
    action: 'inviteAgain',
    allowed: admins,
    scene: async (service) => ({ id: await anInvited(service), body: {}, after: { state: 'invited' } }),
  },
  {
    resource: 'staff',
    action: 'disable',
    allowed: admins,
    event: 'staff.updated',
    scene: async (service) => ({
      id: (await aColleague(service, 'viewer')).staffId,
      body: {},
      after: { disabled: true, state: 'disabled' },
    }),
  },
  {
    resource: 'staff',
    action: 'enable',
    allowed: admins,
    event: 'staff.updated',
    scene: async (service) => {
      const { staffId } = await aColleague(service, 'viewer');
      await service.app.get(StaffService, { strict: false }).disable(theSystem(), { staffId });
      return { id: staffId, body: {}, after: { disabled: false, state: 'active' } };
    },
  },
  {
    resource: 'staff',
    action: 'resetSecondFactor',
    allowed: admins,
    scene: async (service) => {
      const { staffId } = await aColleague(service, 'viewer');
      await service.dataSource.query(
        `INSERT INTO staff_second_factor (staff_id, id, sealed_secret, last_step, created_at) VALUES ($1, $1, 'sealed', 0, now())`,
        [staffId],
      );
      return { id: staffId, body: {}, after: { secondFactor: false } };
    },
  },
];

async function anInvited(service: TestApp): Promise<string> {
  const links = service.app.get(OneTimeLinksService, { strict: false });
  const email = `invited${(numbered += 1)}@staff.example`;
  return (await links.invite(theSystem(), { email, role: 'viewer' })).staffId;
}
