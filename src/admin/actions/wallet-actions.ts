import type { CloseMonth } from '../../accounting/month-close.service.js';
import { formatChange, formatDollars } from '../../core/money.js';
import type { DisconnectLease, ReleaseLease } from '../../leases/commands.js';
import type {
  Adjustment,
  ApproveTransaction,
  DeclineTransaction,
  Payout,
  ReverseTopUp,
  TopUp,
} from '../../wallets/commands.js';
import type { SetLowBalance } from '../../wallets/low-balance.service.js';
import type { SetClock } from '../../demo-clock/demo-clock.service.js';
import type { TransactionReceipt } from '../../wallets/wallets.service.js';
import { describeRefund, describeWallet } from '../../wallets/wallet-sentence.js';
import { Components } from '../bundle/components.js';
import type { PanelServices } from '../panel-services.js';
import { editAction, recordAction, resourceAction } from './action-builders.js';
import { formatUtcMoment } from '../../core/utc-times.js';

/** Actions on a wallet, whose record id is the organization's. */
export function walletActions({ lowBalance, demoClock, approvals, wallets }: PanelServices) {
  return {
    edit: editAction({
      permission: 'setLowBalance',
      do: async ({ caller, body }, organizationId) => {
        const { thresholdCents } = await lowBalance.set(caller, { ...body, organizationId } as SetLowBalance);
        if (thresholdCents === null)
          return { message: 'Saved: a balance below one month of its leases is marked as low.' };
        return { message: `Saved: a balance below ${formatDollars(thresholdCents)} is marked as low.` };
      },
    }),
    moveClock: resourceAction({
      permission: 'moveClock',
      do: async ({ caller, body }) => {
        const { now } = await demoClock.set(caller, body as SetClock);
        return { message: `It is ${formatUtcMoment(now)} in the demo now.` };
      },
    }),
    topUp: recordAction({
      permission: 'topUp',
      component: Components.TopUp,
      do: async ({ caller, body }, organizationId) => {
        const done = await wallets.topUp(caller, { ...body, organizationId } as TopUp);
        return {
          message: done.replayed
            ? `This top-up is already booked, nothing new was booked: ${describeWallet(done)}.`
            : `Topped up: ${describeWallet(done)}.`,
        };
      },
    }),
    adjust: recordAction({
      permission: 'adjust',
      component: Components.Adjust,
      do: async ({ caller, body }, organizationId) =>
        toResult('Adjusted', await wallets.adjust(caller, { ...body, organizationId } as Adjustment)),
    }),
    reverseTopUp: recordAction({
      permission: 'reverseTopUp',
      component: Components.ReverseTopUp,
      do: async ({ caller, body }, organizationId) =>
        toResult('Reversed', await wallets.reverseTopUp(caller, { ...body, organizationId } as ReverseTopUp)),
    }),
    payout: recordAction({
      permission: 'payout',
      component: Components.Payout,
      do: async ({ caller, body }, organizationId) =>
        toResult('Paid out', await wallets.payOut(caller, { ...body, organizationId } as Payout)),
    }),
    approve: recordAction({
      permission: 'decideMovement',
      do: async ({ caller, body }, organizationId) => {
        const done = await approvals.approve(caller, { ...body, organizationId } as ApproveTransaction);
        return {
          message: done.replayed
            ? `Already approved, nothing was booked: ${describeWallet(done)}.`
            : `Approved: ${describeWallet(done)}.`,
        };
      },
    }),
    decline: recordAction({
      permission: 'decideMovement',
      do: async ({ caller, body }, organizationId) => {
        await approvals.decline(caller, { ...body, organizationId } as DeclineTransaction);
        return { message: 'Declined: nothing was booked.' };
      },
    }),
  };
}

/** `ledger-transfers` `closeMonth {month}`: closes a month for good. */
export function ledgerActions({ monthClose }: PanelServices) {
  return {
    closeMonth: resourceAction({
      permission: 'closeMonth',
      do: async ({ caller, body }) => {
        const { month, closedBefore, digest } = await monthClose.close(caller, body as CloseMonth);
        const outcome = closedBefore ? 'was already closed' : 'is closed: nothing can be booked in it any more';
        return { message: `${month} ${outcome}.`, extra: { digest } };
      },
    }),
  };
}

function toResult(verb: string, receipt: TransactionReceipt) {
  const { transactionId, proposalId, amountCents, replayed } = receipt;
  const extra = { transactionId, proposalId };
  if (proposalId) {
    const waits = `${formatChange(amountCents)} ${replayed ? 'is already waiting' : 'is waiting'} for approval by a second finance person`;
    return { message: `${waits}; nothing is booked yet.`, extra };
  }
  const what = replayed ? 'Already booked, nothing new was booked' : verb;
  return { message: `${what}: ${describeWallet(receipt)}.`, extra };
}

const isLive = ({ status }: Record<string, unknown>) => status === 'active' || status === 'past_due';

export function leaseActions({ leases }: PanelServices) {
  return {
    disconnect: recordAction({
      permission: 'disconnect',
      component: Components.Disconnect,
      isOffered: isLive,
      do: async ({ caller, body }, leaseId) => {
        const done = await leases.disconnect(caller, { ...body, leaseId } as DisconnectLease);
        return { message: `Disconnected; the account is in quarantine: ${describeRefund(done)}.` };
      },
    }),
    release: recordAction({
      permission: 'disconnect',
      component: Components.ConfirmAction,
      isOffered: isLive,
      do: async ({ caller, body }, leaseId) => {
        await leases.releaseFor(caller, { ...body, leaseId } as ReleaseLease);
        return {
          message: 'Released: nothing was refunded; the account is back in the pool with an open turnaround checklist.',
        };
      },
    }),
  };
}
