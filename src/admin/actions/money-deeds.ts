import { dollars } from '../../common/money.js';
import type { DisconnectLease, ReleaseLease } from '../../leases/commands.js';
import type { Adjustment, TopUp } from '../../wallets/commands.js';
import { Components } from '../components.js';
import type { PanelServices } from '../panel-services.js';
import { recordDeed } from './deeds.js';

/** What is done to a wallet, whose record has its organisation's id. */
export function walletDeeds({ wallets }: PanelServices) {
  return {
    topUp: recordDeed({
      permission: 'topUp',
      component: Components.TopUp,
      do: async ({ caller, body }, organizationId) => {
        const done = await wallets.topUp(caller, { ...body, organizationId } as TopUp);
        const holds = `the wallet holds ${dollars(done.balanceCents)}`;
        return { message: done.replayed ? `This top-up was booked already: then ${holds}.` : `Topped up: ${holds}.` };
      },
    }),
    adjust: recordDeed({
      permission: 'adjust',
      component: Components.Adjust,
      do: async ({ caller, body }, organizationId) => {
        const { balanceCents } = await wallets.adjust(caller, { ...body, organizationId } as Adjustment);
        return { message: `Adjusted: the wallet holds ${dollars(balanceCents)}.` };
      },
    }),
  };
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
