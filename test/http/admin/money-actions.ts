import { WalletsService } from '../../../src/wallets/wallets.service.js';
import type { TestApp } from '../../support/app.js';
import { aPartner, theSystem } from '../../support/makers.js';
import type { Deed } from './request-actions.js';

const financiers = ['finance', 'admin'] as const;

let numbered = 0;
/** A payout over the limit for one person, asked for by the system. */
export async function aWaitingPayout(service: TestApp): Promise<{ organizationId: string; proposalId: string }> {
  const { organizationId } = await aPartner(service, { walletCents: 200_000 });
  const wallets = service.app.get(WalletsService, { strict: false });
  const reference = `large payout ${(numbered += 1)}`;
  const { proposalId } = await wallets.payOut(theSystem(), { organizationId, amountCents: 100_001, reference });
  return { organizationId, proposalId: proposalId! };
}

/** What is done to wallets. */
export const moneyDeeds: Deed[] = [
  {
    resource: 'wallets',
    action: 'topUp',
    allowed: financiers,
    event: 'wallet.topped_up',
    scene: async (service) => {
      const { organizationId } = await aPartner(service);
      const body = { amountCents: 5_000, reference: `payment ${(numbered += 1)}` };
      return { id: organizationId, body, after: { balanceCents: 105_000 } };
    },
  },
  {
    resource: 'wallets',
    action: 'adjust',
    allowed: financiers,
    event: 'wallet.adjusted',
    scene: async (service) => {
      const { organizationId } = await aPartner(service);
      return { id: organizationId, body: { amountCents: -1_000, reason: 'Fee' }, after: { balanceCents: 99_000 } };
    },
  },
  {
    resource: 'wallets',
    action: 'edit',
    allowed: financiers,
    event: 'wallet.low_balance_set',
    scene: async (service) => {
      const { organizationId } = await aPartner(service);
      const body = { lowBalanceThresholdCents: 120_000 };
      return { id: organizationId, body, after: { ...body, isLow: true } };
    },
  },
  {
    resource: 'wallets',
    action: 'reverseTopUp',
    allowed: financiers,
    event: 'wallet.reversed',
    scene: async (service) => {
      const { organizationId } = await aPartner(service, { walletCents: 7_000 });
      const [topUp] = await service.dataSource.query(
        "SELECT id FROM ledger_transfer WHERE organization_id = $1 AND kind = 'top_up'",
        [organizationId],
      );
      return { id: organizationId, body: { transactionId: topUp.id, reason: 'Bounced' }, after: { balanceCents: 0 } };
    },
  },
  {
    resource: 'wallets',
    action: 'payout',
    allowed: financiers,
    event: 'wallet.paid_out',
    scene: async (service) => {
      const { organizationId } = await aPartner(service);
      const body = { amountCents: 5_000, reference: `paid out ${(numbered += 1)}` };
      return { id: organizationId, body, after: { balanceCents: 95_000 } };
    },
  },
  {
    resource: 'wallets',
    action: 'approve',
    allowed: financiers,
    event: 'wallet.paid_out',
    scene: async (service) => {
      const { organizationId, proposalId } = await aWaitingPayout(service);
      return { id: organizationId, body: { proposalId }, after: { balanceCents: 99_999, waitingMovements: 0 } };
    },
  },
  {
    resource: 'wallets',
    action: 'decline',
    allowed: financiers,
    event: 'wallet.movement_declined',
    scene: async (service) => {
      const { organizationId, proposalId } = await aWaitingPayout(service);
      const body = { proposalId, reason: 'Not our account' };
      return { id: organizationId, body, after: { balanceCents: 200_000, waitingMovements: 0 } };
    },
  },
];
