import { VerticalsService } from '../../../src/account-pool/verticals.service.js';
import { anAccount, aRequestThatFits, theSystem } from '../../support/makers.js';
import type { Deed } from './request-actions.js';

const operators = ['operator', 'admin'] as const;

let numbered = 0;
/** What is done to accounts of the pool and to its verticals. */
export const poolDeeds: Deed[] = [
  {
    resource: 'lease-requests',
    action: 'mapVertical',
    allowed: operators,
    event: 'vertical.mapped',
    scene: async (service) => {
      await anAccount(service, { verticals: ['brewing'] });
      const made = await aRequestThatFits(service, { vertical: `home brewing ${(numbered += 1)}` });
      return { id: made.request.id, body: { vertical: 'brewing' } };
    },
  },
  {
    resource: 'verticals',
    action: 'addSynonym',
    allowed: operators,
    event: 'vertical.mapped',
    scene: async (service) => {
      await anAccount(service, { verticals: ['woodwork'] });
      const synonym = `carpentry ${(numbered += 1)}`;
      return { id: 'woodwork', body: { synonym } };
    },
  },
  {
    resource: 'verticals',
    action: 'standFor',
    allowed: operators,
    event: 'vertical.mapped',
    scene: async (service) => {
      await anAccount(service, { verticals: ['woodwork'] });
      const id = `joinery ${(numbered += 1)}`;
      await aRequestThatFits(service, { vertical: id });
      return { id, body: { vertical: 'woodwork' }, after: { standsFor: 'woodwork' } };
    },
  },
  {
    resource: 'verticals',
    action: 'forgetSynonym',
    allowed: operators,
    event: 'vertical.forgotten',
    scene: async (service) => {
      const id = `stone ${(numbered += 1)}`;
      await anAccount(service, { verticals: [id] });
      const verticals = service.app.get(VerticalsService, { strict: false });
      const { synonym } = await verticals.map(theSystem(), { synonym: `masonry for ${id}`, vertical: id });
      return { id, body: { synonym }, after: { inPool: true, available: 1 } };
    },
  },
  {
    resource: 'social-accounts',
    action: 'edit',
    allowed: operators,
    event: 'social_account.updated',
    scene: async (service) => ({
      id: (await anAccount(service)).id,
      body: { followers: 77, countries: ['DE'], status: 'warming' },
      after: { followers: 77, 'countries.0': 'DE', status: 'warming' },
    }),
  },
  {
    resource: 'social-accounts',
    action: 'quarantine',
    allowed: operators,
    event: 'social_account.quarantined',
    scene: async (service) => ({
      id: (await anAccount(service)).id,
      body: { reason: 'Looks odd' },
      after: { status: 'quarantined', statusReason: 'Looks odd' },
    }),
  },
  {
    resource: 'social-accounts',
    action: 'checkTurnaround',
    allowed: operators,
    event: 'social_account.updated',
    scene: async (service) => ({
      id: (await anAccount(service, { status: 'resetting' })).id,
      body: { items: ['bio', 'link', 'posts', 'credentials'] },
      after: { status: 'available' },
    }),
  },
  {
    resource: 'social-accounts',
    action: 'delete',
    allowed: operators,
    event: 'social_account.deleted',
    scene: async (service) => ({ id: (await anAccount(service)).id, body: {} }),
  },
];
