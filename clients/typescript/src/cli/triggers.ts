import { LayersError } from '../errors.js';
import type { Layers } from '../layers.js';
import type { EventType, LayersEvent, LeasedAccount } from '../types.js';
import type { Output } from './command.js';

export interface TriggerOptions {
  projectId: string | undefined;
  endpointId: string | undefined;
  maySpendWallet: boolean;
}

type Matches = (event: LayersEvent) => boolean;

interface Trigger {
  /** In one line; where it cannot be made to happen, why. */
  does: string;
  /** @returns which of the events of its type it is; `null` where `GET /v1/events` does not show it */
  run: ((scene: Scene) => Promise<Matches | null>) | null;
}

const DAY_MS = 86_400_000;
/** Of one request. */
const MOST_ACCOUNTS = 50;

/** What a trigger works with. */
export class Scene {
  constructor(
    readonly client: Layers,
    readonly options: TriggerOptions,
    readonly waitFor: (isIt: Matches) => Promise<LayersEvent>,
    readonly output: Output,
  ) {}

  /** @returns the id of the request */
  async ask(vertical: string, count = 1): Promise<string> {
    const projectId = this.options.projectId ?? (await this.client.projects.list({ limit: 1 })).items[0]?.id;
    if (projectId === undefined) throw new LayersError('The sandbox has no project.');
    const { requestId } = await this.client.leasedAccounts.request({ projectId, count, niche: { vertical } });
    return requestId;
  }

  async leaseOne(): Promise<LeasedAccount> {
    const requestId = await this.ask('coffee');
    const event = await this.waitFor(
      ({ type, data }) => type === 'leased_account.assigned' && data.requestId === requestId,
    );
    return event.data as unknown as LeasedAccount;
  }

  async listLeases(): Promise<LeasedAccount[]> {
    const leases: LeasedAccount[] = [];
    for await (const lease of this.client.leasedAccounts.list({ limit: 200 })) leases.push(lease);
    return leases;
  }

  async isWalletLow(): Promise<boolean> {
    const { balanceCents, monthlyCommitmentCents } = await this.client.wallet.get();
    return balanceCents < monthlyCommitmentCents;
  }

  /** Leases accounts until the wallet does not pay another month of them. */
  async spendWallet(): Promise<void> {
    if (!this.options.maySpendWallet) {
      throw new LayersError('This uses up the play money, which sandbox.topUp refills: say --spend-wallet.');
    }
    while (!(await this.isWalletLow())) {
      const { coversAssignments } = await this.client.wallet.get();
      if (coversAssignments === 0) throw new LayersError('The wallet covers no account: refill it with sandbox.topUp.');
      const requestId = await this.ask('coffee', Math.min(MOST_ACCOUNTS, coversAssignments));
      await this.waitFor(({ type, data }) => type === 'lease_request.assigned' && data.requestId === requestId);
    }
  }
}

const ofRequest =
  (requestId: string): Matches =>
  ({ data }) =>
    data.requestId === requestId;

const ofAccount =
  (socialAccountId: string): Matches =>
  ({ data }) =>
    data.socialAccountId === socialAccountId;

/** Each type of event, by the answers that the sandbox gives (docs: Sandbox). */
export const triggers: Record<EventType, Trigger> = {
  'lease_request.assigned': {
    does: 'asks for an account, which is assigned at once',
    run: async (scene) => ofRequest(await scene.ask('coffee')),
  },
  'lease_request.rejected': {
    does: 'asks with the vertical sandbox-reject',
    run: async (scene) => ofRequest(await scene.ask('sandbox-reject')),
  },
  'lease_request.updated': {
    does: 'asks with the vertical sandbox-blocked, which gets a blocker and a note',
    run: async (scene) => ofRequest(await scene.ask('sandbox-blocked')),
  },
  'leased_account.assigned': {
    does: 'asks for an account',
    run: async (scene) => ofRequest(await scene.ask('coffee')),
  },
  'leased_account.renewed': {
    does: 'moves the sandbox’s clock to the next renewal, of an account that it leases if there is none',
    run: async (scene) => {
      const [soonest = await scene.leaseOne()] = sortByRenewal((await scene.listLeases()).filter(isPaid));
      const { balanceCents } = await scene.client.wallet.get();
      if (balanceCents < soonest.monthlyPriceCents)
        throw new LayersError('The wallet does not cover a renewal: refill it with sandbox.topUp.');
      await scene.client.sandbox.moveClock({ to: soonest.nextRenewalAt! });
      return ofAccount(soonest.socialAccountId);
    },
  },
  'leased_account.renewal_failed': {
    does: 'leases more than the wallet pays for another month, and moves the clock there (--spend-wallet); with an account past due, by a day',
    run: async (scene) => {
      const isPastDue = (await scene.listLeases()).some((lease) => !isPaid(lease));
      if (!isPastDue) await scene.spendWallet();
      const to = isPastDue
        ? await tomorrow(scene.client)
        : sortByRenewal(await scene.listLeases()).at(-1)!.nextRenewalAt!;
      await scene.client.sandbox.moveClock({ to });
      return () => true;
    },
  },
  'leased_account.disconnected': {
    does: 'leases an account and releases it',
    run: async (scene) => {
      const { socialAccountId } = await scene.leaseOne();
      await scene.client.leasedAccounts.release({ socialAccountId, reason: 'layers trigger' });
      return ofAccount(socialAccountId);
    },
  },
  'leased_account.replaced': { does: 'staff replace accounts, and do nothing in a sandbox.', run: null },
  'wallet.low_balance': {
    does: 'leases more than the wallet pays for another month (--spend-wallet)',
    run: async (scene) => {
      if (await scene.isWalletLow()) {
        throw new LayersError('The wallet is low already, which is told once: refill it with sandbox.topUp.');
      }
      await scene.spendWallet();
      return () => true;
    },
  },
  'webhook_endpoint.auto_paused': {
    does: 'it takes a public URL of yours that answers 410, and a test.ping to it.',
    run: null,
  },
  'test.ping': {
    does: 'tests a webhook endpoint; the event goes there alone, not to layers listen',
    run: async ({ client, options, output }) => {
      const endpointId = options.endpointId ?? (await client.webhookEndpoints.list({ limit: 1 })).items[0]?.id;
      if (endpointId === undefined) throw new LayersError('There is no webhook endpoint to test: make one first.');
      const { eventId, deliveryId } = await client.webhookEndpoints.test({ endpointId });
      output.print(`${eventId} goes to ${endpointId} as ${deliveryId}.`);
      return null;
    },
  },
};

/** Whether it has no unpaid month. */
function isPaid({ nextRenewalAt, pastDueSince }: LeasedAccount): boolean {
  return nextRenewalAt !== null && !pastDueSince;
}

function sortByRenewal(leases: LeasedAccount[]): LeasedAccount[] {
  return leases.sort((one, other) => Date.parse(one.nextRenewalAt!) - Date.parse(other.nextRenewalAt!));
}

/** By the sandbox's clock. */
async function tomorrow(client: Layers): Promise<string> {
  const { asOf } = await client.leasedAccounts.listRequests({ limit: 1 });
  return new Date(Date.parse(asOf) + DAY_MS).toISOString();
}
