import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { SystemCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { Conflict, Unavailable } from '../core/errors.js';
import { validated, IsUtcMoment, IsTrueOrFalse, Optional } from '../core/validation.js';
import { DemoClock } from '../demo-clock/demo-clock.service.js';
import { MoneyFreeze } from '../wallets/money-freeze.js';
import { readDueLeases, readFunds, readPartnersDue, type PartnerDue } from './due-leases.js';
import { RenewalBatch } from './renewal-batch.js';
import { planRenewals, type Funds } from './renewal-plan.js';

export class RunRenewals {
  /** The moment to renew at instead of the clock's, ISO 8601 with `Z`. */
  @Optional()
  @IsUtcMoment()
  now?: string;

  /** Only tells what a run would do. */
  @Optional()
  @IsTrueOrFalse()
  dryRun = false;
}

/** What a run did: months charged, attempts that left a lease past due, leases disconnected. */
export interface RenewalRun {
  charged: number;
  pastDue: number;
  disconnected: number;
}

/** How a run is followed and ended early. */
export interface RunWatch {
  /** Told about once a second how far the run is. */
  progress?: (line: string) => void;
  /** A partner whose renewals failed for a reason of ours; without it, the run fails in the end. */
  trouble?: (organizationId: string, error: unknown) => void;
  /** Asked between transactions. */
  isOver?: () => boolean;
  /** Partners to leave alone. */
  without?: (organizationId: string) => boolean;
  /** How long to wait for leases that others hold locked. */
  patienceMs?: number;
}

const PROGRESS_EVERY_MS = 1_000;
/** Longer than any transaction lives. */
const MAX_WAIT_MS = 35_000;
const RETRY_AFTER_MS = 100;
const ALL = 10_000_000;
/** With so much in the wallet none of the due leases is left out. */
const plenty: Funds = { balanceCents: Number.MAX_SAFE_INTEGER, owedCents: 0 };
/** Transactions at once, each of another partner: while one waits for its commit, the next is being worked out. */
const LANES = 2;

/** Renews leases month by month: charges what the wallets cover, and moves the rest on through past due to disconnected. */
@Injectable()
export class RenewalsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly batch: RenewalBatch,
    private readonly freeze: MoneyFreeze,
    private readonly clock: Clock,
    private readonly movableClock: DemoClock,
  ) {}

  /**
   * Renews until nothing is due any more. Partners take turns, so that none waits for another's trouble.
   * @throws Conflict while money is frozen, or for a moment of the caller's outside the demo, Unavailable while others hold leases
   */
  async run(caller: SystemCaller, input: Partial<RunRenewals> = {}, watch: RunWatch = {}): Promise<RenewalRun> {
    const { now, dryRun } = validated(RunRenewals, input);
    const at = () => (now === undefined ? this.clock.now() : new Date(now));
    if (dryRun) return this.forecast(at());
    if (now !== undefined && !(await this.movableClock.canMove())) {
      throw new Conflict(
        'not_allowed_now',
        'Outside the demo another moment than now can only be tried with --dry-run.',
      );
    }
    return this.runUntilDone(caller, at, watch);
  }

  /**
   * Renews one partner at once, as after a top-up.
   * @param isOver asked between transactions
   * @throws Conflict while money is frozen
   */
  async renewPartner(caller: SystemCaller, organizationId: string, isOver: () => boolean): Promise<void> {
    while (!isOver() && (await this.batch.renew(caller, organizationId, this.clock.now())).more);
  }

  private async runUntilDone(caller: SystemCaller, at: () => Date, watch: RunWatch): Promise<RenewalRun> {
    const run: RenewalRun = { charged: 0, pastDue: 0, disconnected: 0 };
    const troubled = new Map<string, unknown>();
    const tell = toProgress(run, watch);
    const patienceMs = watch.patienceMs ?? MAX_WAIT_MS;
    let patientUntil = Date.now() + patienceMs;
    let stood = '';
    await this.assertNotFrozen();
    while (!watch.isOver?.()) {
      const due = await readPartnersDue(this.dataSource.manager, at());
      const partners = due.filter(({ id }) => !troubled.has(id) && !watch.without?.(id));
      if (partners.length === 0) break;
      const before = total(run);
      await this.runInLanes(caller, partners, at, run, troubled, () => tell(partners), watch);
      // Another process may be at it: as long as it gets on, this one waits for it.
      const stands = JSON.stringify(partners);
      const getsOn = total(run) > before || stands !== stood;
      stood = stands;
      if (getsOn) patientUntil = Date.now() + patienceMs;
      if (total(run) > before) continue;
      if (Date.now() >= patientUntil) {
        if (watch.trouble) break;
        throw new Unavailable('Some leases that are due are held by others; run the renewals again.');
      } else await pause(RETRY_AFTER_MS);
    }
    if (!watch.trouble) for (const error of troubled.values()) throw error;
    return run;
  }

  /** One transaction of each partner after the other, until none has more. Nothing is under way any more when it returns or throws. */
  private async runInLanes(
    caller: SystemCaller,
    partners: { id: string }[],
    at: () => Date,
    run: RenewalRun,
    troubled: Map<string, unknown>,
    tell: () => void,
    watch: RunWatch,
  ): Promise<void> {
    const queue = partners.map(({ id }) => id);
    const lane = async () => {
      for (let id = queue.shift(); id !== undefined && !watch.isOver?.(); id = queue.shift()) {
        try {
          const { charged, pastDue, disconnected, more } = await this.batch.renew(caller, id, at());
          run.charged += charged;
          run.pastDue += pastDue;
          run.disconnected += disconnected;
          if (more) queue.push(id);
        } catch (error) {
          if (isFrozen(error)) throw error;
          troubled.set(id, error);
          watch.trouble?.(id, error);
        }
        tell();
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
    for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  }

  private async assertNotFrozen(): Promise<void> {
    const { frozenAt, reason } = await this.freeze.state();
    if (frozenAt) throw new Conflict('money_frozen', `Money is frozen (${reason}); nothing is renewed.`);
  }

  /** What a run at that moment would do, from what stands now; nothing is locked or written. */
  private async forecast(now: Date): Promise<RenewalRun> {
    const em = this.dataSource.manager;
    const run: RenewalRun = { charged: 0, pastDue: 0, disconnected: 0 };
    for (const { id } of await readPartnersDue(em, now)) {
      const funds = await readFunds(em, id);
      const plan = planRenewals(await readDueLeases(em, id, now, plenty, ALL), funds, now);
      run.charged += plan.charges.length;
      run.pastDue += plan.failed.length;
      run.disconnected += plan.disconnected.length;
    }
    return run;
  }
}

/** Whether that is the refusal of a transaction that met frozen money. */
export function isFrozen(error: unknown): boolean {
  return error instanceof Conflict && error.details.reason === 'money_frozen';
}

function total({ charged, pastDue, disconnected }: RenewalRun): number {
  return charged + pastDue + disconnected;
}

function toProgress(run: RenewalRun, { progress }: RunWatch): (partners: readonly PartnerDue[]) => void {
  const began = Date.now();
  let told = began;
  return (partners) => {
    const now = Date.now();
    if (!progress || now - told < PROGRESS_EVERY_MS) return;
    told = now;
    const due = partners.reduce((sum, partner) => sum + partner.due, 0);
    const rate = Math.round((total(run) * 1_000) / (now - began));
    progress(
      `Renewals: ${run.charged} charged, ${run.pastDue} past due, ${run.disconnected} disconnected; ${due} leases were due, ${rate} a second`,
    );
  };
}
