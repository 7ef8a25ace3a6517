import type { LeaseRequestId } from '../../../src/core/ids.js';
import { SeededRandom } from '../../../src/demo/seeded-random.js';
import { FulfillmentService } from '../../../src/fulfillment/fulfillment.service.js';
import { ReplacementService } from '../../../src/fulfillment/replacement.service.js';
import { LeasesService } from '../../../src/leases/leases.service.js';
import { DemoClock } from '../../../src/demo-clock/demo-clock.service.js';
import { OrganizationsService } from '../../../src/partners/organizations.service.js';
import { WalletsService } from '../../../src/wallets/wallets.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { anAccount, aPartner, aRequest, theSystem, topUp, type TestPartner } from '../../support/makers.js';
import { startProcess } from '../../support/processes.js';
import { until } from '../../support/until.js';
import { renewals } from './leases.js';

/** How long a story is, and what happens in it. */
export interface Plot {
  partners: number;
  leasesEach: number;
  /** What a wallet begins with. */
  walletCents: number;
  days: number;
  /** The most months that one top-up pays for. */
  topUpMonths: number;
  /** Things that happen between two runs. */
  eventsARun: number;
  /** Days, from the beginning, on which another process is killed while it renews. */
  killedOn: readonly number[];
  /** The first of 92 days on which nobody renews anything. */
  outageFrom: number;
}

const OUTAGE_DAYS = 92;
const HOUR_MS = 3_600_000;
const PRICES = [9_000, 15_000, 22_500];
const reason = 'it happens';
const deeds = ['assign', 'release', 'disconnect', 'undo', 'replace', 'bounce', 'price'] as const;

interface Living {
  id: string;
  leaseRequestId: LeaseRequestId;
  socialAccountId: string;
}

/** A house of the demo under a moving clock, to which ordinary and less ordinary things happen. */
export class Story {
  private readonly chance = new SeededRandom(20_270_101);
  private readonly partners: TestPartner[] = [];
  private day = 0;
  /** How often each thing was done, and not refused. */
  readonly done = Object.fromEntries(deeds.map((deed) => [deed, 0])) as Record<(typeof deeds)[number], number>;

  private constructor(
    readonly service: TestApp,
    private readonly plot: Plot,
  ) {}

  static async begin(plot: Plot): Promise<Story> {
    const service = await startTestApp({ demo: true, dualControlCents: 1_000_000_000 });
    const story = new Story(service, plot);
    for (let n = 0; n < plot.partners; n += 1) {
      const partner = await aPartner(service, { walletCents: plot.walletCents });
      story.partners.push(partner);
      for (let made = 0; made < plot.leasesEach; made += 1) await story.assign(partner);
    }
    return story;
  }

  get now(): Date {
    return this.get(DemoClock).state().now;
  }

  /** From the first day to the last, and nine more on which no money comes in. */
  async tell(): Promise<void> {
    const { days, eventsARun, killedOn, outageFrom } = this.plot;
    let outageIsToCome = true;
    while (this.day < days) {
      const before = this.day;
      await this.forward(this.chance.between(1, 4));
      if (killedOn.some((day) => day > before && day <= this.day)) await this.killAWorker();
      if (outageIsToCome && this.day >= outageFrom) {
        outageIsToCome = false;
        await this.forward(OUTAGE_DAYS);
      }
      await renewals(this.service).run(theSystem());
      for (let n = 0; n < eventsARun; n += 1) await this.something();
    }
    for (let day = 0; day < 9; day += 1) {
      await this.forward(1);
      await renewals(this.service).run(theSystem());
    }
  }

  private async forward(days: number): Promise<void> {
    this.day += days;
    await this.get(DemoClock).set(theSystem(), {
      to: new Date(this.now.getTime() + days * 24 * HOUR_MS).toISOString(),
    });
  }

  /** Another process and this one renew what has fallen due at the same time; the other is killed while it does. */
  private async killAWorker(): Promise<void> {
    const worker = await startProcess(this.service.settings.databaseUrl, { workers: true, demo: true });
    const count = () => this.number("SELECT count(*) AS n FROM audit_event WHERE type LIKE 'leased_account.renew%'");
    const before = await count();
    await this.forward(31);
    await until('the worker renews', async () => (await count()) > before, 60_000);
    const run = renewals(this.service).run(theSystem());
    await Promise.all([run, worker.stop()]);
  }

  /** One thing that happens on an ordinary day; a short wallet refuses some of them, as it should. */
  private async something(): Promise<void> {
    const partner = this.chance.pick(this.partners);
    await topUp(this.service, partner.organizationId, this.chance.between(1, this.plot.topUpMonths) * 15_000);
    const deed = this.chance.pick(deeds);
    const did = await this.do(deed, partner).catch(unlessRefused);
    if (did) this.done[deed] += 1;
  }

  private async do(deed: (typeof deeds)[number], partner: TestPartner): Promise<boolean> {
    if (deed === 'assign') return this.assign(partner).then(() => true);
    if (deed === 'price') return this.changePrice(partner);
    if (deed === 'bounce') return this.bounce(partner);
    if (deed === 'undo') {
      const made = await this.assign(partner);
      return this.get(FulfillmentService)
        .undoAssign(theSystem(), { ...made, reason })
        .then(() => true);
    }
    const lease = await this.someLease();
    if (!lease) return false;
    const { id: leaseId, leaseRequestId, socialAccountId } = lease;
    if (deed === 'release') await this.get(LeasesService).releaseFor(theSystem(), { leaseId, reason });
    if (deed === 'disconnect') await this.get(LeasesService).disconnect(theSystem(), { leaseId, reason, refund: true });
    if (deed === 'replace') {
      const { id: newSocialAccountId } = await anAccount(this.service);
      const replace = {
        leaseRequestId,
        socialAccountId,
        newSocialAccountId,
        oldAccountTo: 'quarantine' as const,
        reason,
      };
      await this.get(ReplacementService).replace(theSystem(), replace);
    }
    return true;
  }

  private async assign(partner: TestPartner): Promise<{ leaseRequestId: LeaseRequestId; socialAccountId: string }> {
    const request = await aRequest(this.service, partner, { count: 1 });
    const { id: socialAccountId } = await anAccount(this.service);
    await this.get(FulfillmentService).assign(theSystem(), { leaseRequestId: request.id, socialAccountId });
    return { leaseRequestId: request.id, socialAccountId };
  }

  private async changePrice({ organizationId }: TestPartner): Promise<boolean> {
    const priceCents = this.chance.pick(PRICES);
    await this.get(OrganizationsService).update(theSystem(), { organizationId, priceCents, reason });
    return true;
  }

  /** One of the partner's newest top-ups comes back. */
  private async bounce({ organizationId }: TestPartner): Promise<boolean> {
    const topUps: { id: string }[] = await this.service.dataSource.query(
      `SELECT id FROM ledger_transfer top_up WHERE organization_id = $1 AND kind = 'top_up'
          AND NOT EXISTS (SELECT 1 FROM ledger_transfer back WHERE back.reverses_id = top_up.id)
        ORDER BY wallet_seq DESC LIMIT 3`,
      [organizationId],
    );
    if (topUps.length === 0) return false;
    const { id: transactionId } = this.chance.pick(topUps);
    await this.get(WalletsService).reverseTopUp(theSystem(), { organizationId, transactionId, reason });
    return true;
  }

  private async someLease(): Promise<Living | undefined> {
    const [found] = await this.service.dataSource.query(
      `SELECT id, lease_request_id AS "leaseRequestId", social_account_id AS "socialAccountId" FROM lease
        WHERE status IN ('active', 'past_due') ORDER BY md5(id || $1) LIMIT 1`,
      [String(this.chance.between(0, 1_000_000))],
    );
    return found;
  }

  async number(sql: string): Promise<number> {
    return (await this.service.dataSource.query(sql))[0].n;
  }

  private get<Service>(type: abstract new (...args: never[]) => Service): Service {
    return this.service.app.get(type as never, { strict: false });
  }
}

/** A short wallet, or a lease whose paid month is over. */
function unlessRefused(error: { code?: string }): false {
  if (error.code !== 'BILLING_EXHAUSTED' && error.code !== 'CONFLICT') throw error;
  return false;
}
