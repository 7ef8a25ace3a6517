import { LedgerTransferEntity } from '../../wallets/ledger-transfer.entity.js';
import { WalletEntity } from '../../wallets/wallet.entity.js';
import { ledgerActions, walletActions } from '../actions/wallet-actions.js';
import { Components } from '../bundle/components.js';
import { walletOverview } from '../page-handlers/wallet.js';
import type { PanelServices } from '../panel-services.js';
import { buildResource, ownRecordPage } from './resource-builder.js';

export function moneyResources(services: PanelServices) {
  return [
    buildResource(services, 'wallets', {
      entity: WalletEntity,
      title: 'organizationName',
      list: [
        ...['organizationName', 'balanceCents', 'isLow', 'runsDryAt', 'monthlyCommitmentCents', 'liveLeases'],
        ...['owedCents', 'waitingMovements'],
      ],
      show: [
        ...['organizationName', 'id', 'balanceCents', 'owedCents', 'priceCents', 'monthlyCommitmentCents'],
        ...['liveLeases', 'waitingMovements', 'lowBalanceThresholdCents', 'isLow', 'lastBookedAt'],
      ],
      filter: ['organizationName', 'id', 'isLow', 'lastBookedAt'],
      edit: ['lowBalanceThresholdCents'],
      sort: { sortBy: 'runsDryAt', direction: 'asc' },
      properties: {
        organizationName: { isTitle: true },
        lowBalanceThresholdCents: {
          description:
            'A balance below this is marked as low here, in the queue and under Renewals. Leave empty to use one month of the partner’s live leases.',
        },
      },
      actions: {
        show: ownRecordPage(Components.Wallet),
        overview: walletOverview(services),
        ...walletActions(services),
      },
    }),
    buildResource(services, 'ledger-transfers', {
      entity: LedgerTransferEntity,
      title: 'id',
      list: ['bookedAt', 'kind', 'organizationId', 'amountCents', 'balanceAfterCents', 'leaseId', 'bookedBy'],
      show: [
        ...['id', 'kind', 'organizationId', 'amountCents', 'balanceAfterCents', 'walletSeq', 'debitAccountId'],
        ...[
          'creditAccountId',
          'leaseId',
          'periodStart',
          'periodEnd',
          'reversesId',
          'reference',
          'reason',
          'bookedBy',
          'proposedBy',
          'bookedAt',
        ],
      ],
      filter: ['kind', 'organizationId', 'leaseId', 'reference', 'bookedAt'],
      sort: { sortBy: 'bookedAt', direction: 'desc' },
      sortable: [],
      actions: ledgerActions(services),
    }),
  ];
}
