import type { CloseMonth } from '../../books/month-close.service.js';
import { dollars } from '../../common/money.js';
import type { DisconnectLease, ReleaseLease } from '../../leases/commands.js';
import type {
  Adjustment,
  ApproveMovement,
  DeclineMovement,
  Payout,
  ReverseTopUp,
  TopUp,
} from '../../wallets/commands.js';
import type { SetLowBalance } from '../../wallets/low-balance.service.js';
import type { SetClock } from '../../movable-clock/movable-clock.service.js';
import type { MovementReceipt } from '../../wallets/wallets.service.js';
import { Components } from '../components.js';
import type { PanelServices } from '../panel-services.js';
import { editDeed, recordDeed, resourceDeed } from './deeds.js';

/** What is done to a wallet, whose record has its organisation's id. */
export function walletDeeds({ lowBalance, movableClock, proposals, wallets }: PanelServices) {
  return {
    edit: editDeed({
      permission: 'setLowBalance',
      do: async ({ caller, body }, organizationId) => {
        const { thresholdCents } = await lowBalance.set(caller, { ...body, organizationId } as SetLowBalance);
        if (thresholdCents === null) return { message: 'Saved: no balance is marked as low.' };
        return { message: `Saved: a balance below ${dollars(thresholdCents)} is marked.` };
      },
    }),
    moveClock: resourceDeed({
      permission: 'moveClock',
      do: async ({ caller, body }) => {
        const { now } = await movableClock.set(caller, body as SetClock);
        return { message: `It is ${now.toISOString()} in the demo now.` };
      },
    }),
    topUp: recordDeed({
      permission: 'topUp',
      component: Components.TopUp,
      do: async ({ caller, body }, organizationId) => {
        const done = await wallets.topUp(caller, { ...body, organizationId } as TopUp);
        return {
          message: done.replayed
            ? `This top-up was booked already: then ${holds(done)}.`
            : `Topped up: ${holds(done)}.`,
        };
      },
    }),
    adjust: recordDeed({
      permission: 'adjust',
      component: Components.Adjust,
      do: async ({ caller, body }, organizationId) =>
        told('Adjusted', await wallets.adjust(caller, { ...body, organizationId } as Adjustment)),
    }),
    reverseTopUp: recordDeed({
      permission: 'reverseTopUp',
      component: Components.ReverseTopUp,
      do: async ({ caller, body }, organizationId) =>
        told('Taken back', await wallets.reverseTopUp(caller, { ...body, organizationId } as ReverseTopUp)),
    }),
    payout: recordDeed({
      permission: 'payout',
      component: Components.Payout,
      do: async ({ caller, body }, organizationId) =>
        told('Paid out', await wallets.payOut(caller, { ...body, organizationId } as Payout)),
    }),
    approve: recordDeed({
      permission: 'decideMovement',
      do: async ({ caller, body }, organizationId) => {
        const done = await proposals.approve(caller, { ...body, organizationId } as ApproveMovement);
        return { message: done.replayed ? `Approved already: then ${holds(done)}.` : `Approved: ${holds(done)}.` };
      },
    }),
    decline: recordDeed({
      permission: 'decideMovement',
      do: async ({ caller, body }, organizationId) => {
        await proposals.decline(caller, { ...body, organizationId } as DeclineMovement);
        return { message: 'Declined: nothing was booked.' };
      },
    }),
  };
}

/** `ledger-transfers` `closeMonth {month}`: closes a month for good. */
export function ledgerDeeds({ monthClose }: PanelServices) {
  return {
    closeMonth: resourceDeed({
      permission: 'closeMonth',
      do: async ({ caller, body }) => {
        const { month, closedBefore, digest } = await monthClose.close(caller, body as CloseMonth);
        const did = closedBefore ? 'was closed before' : 'is closed: nothing is booked in it any more';
        return { message: `${month} ${did}.`, also: { digest } };
      },
    }),
  };
}

function told(did: string, receipt: MovementReceipt) {
  const { transactionId, proposalId, replayed } = receipt;
  const waits = 'It is over the limit for one person: it waits until a second finance person approves it.';
  const booked = replayed
    ? `Nothing new, it was booked already: then ${holds(receipt)}.`
    : `${did}: ${holds(receipt)}.`;
  return { message: proposalId ? waits : booked, also: { transactionId, proposalId } };
}

function holds({ balanceCents, owedCents }: { balanceCents: number; owedCents: number }): string {
  return `the wallet holds ${dollars(balanceCents)}${owedCents > 0 ? ` and owes ${dollars(owedCents)}` : ''}`;
}

const isLive = ({ status }: Record<string, unknown>) => status === 'active' || status === 'past_due';

/** What is done to a lease. */
export function leaseDeeds({ leases }: PanelServices) {
  return {
    disconnect: recordDeed({
      permission: 'disconnect',
      component: Components.Disconnect,
      offered: isLive,
      do: async ({ caller, body }, leaseId) => {
        const { refundedCents } = await leases.disconnect(caller, { ...body, leaseId } as DisconnectLease);
        const refund = refundedCents > 0 ? `${dollars(refundedCents)} went back to the wallet` : 'nothing was refunded';
        return { message: `Disconnected: the account is in quarantine, ${refund}.` };
      },
    }),
    release: recordDeed({
      permission: 'disconnect',
      component: Components.ConfirmDeed,
      offered: isLive,
      do: async ({ caller, body }, leaseId) => {
        await leases.releaseFor(caller, { ...body, leaseId } as ReleaseLease);
        return { message: 'Released: nothing was refunded; the account came back with its turnaround list to tick.' };
      },
    }),
  };
}
