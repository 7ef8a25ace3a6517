import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { PartnerCaller } from '../authorization/actor.js';
import { Clock } from '../core/clock.js';
import { Conflict, Unavailable, ValidationFailed } from '../core/errors.js';
import { OrganizationClock } from '../core/organization-clock.js';
import { queryRow, queryRows, sql } from '../core/sql.js';
import { timeouts } from '../core/timeouts.js';
import { Transactions } from '../core/transactions.js';
import { isLiveSql } from '../leases/lease-sql.js';
import { IdempotencyService } from '../partner-api/idempotency.service.js';
import type { Reply } from '../partner-api/reply.js';
import { RenewalsService } from '../renewals/renewals.service.js';
import type { MoveSandboxClock } from './dto/sandbox-clock.js';
import { SandboxAnswers } from './sandbox-answers.js';
import { sandboxCaller } from './sandbox-caller.js';
import { SandboxClaims, type SandboxClaim } from './sandbox-claims.js';

const MAX_DAYS = 400;
const DAY_MS = 86_400_000;
const MAX_YEAR = 2200;
const RETRY_MS = 50;
/** How often the same moment is tried again whose rows others have locked. */
const MAX_RETRIES = 60;

/** Moves the clock of a sandbox, for its partner, and does on the way what falls due (contract: Keys). */
@Injectable()
export class SandboxClock implements BeforeApplicationShutdown {
  private readonly moves = new Set<Promise<unknown>>();
  private isStopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyService,
    private readonly claims: SandboxClaims,
    private readonly answers: SandboxAnswers,
    private readonly renewals: RenewalsService,
    private readonly audit: AuditService,
    private readonly organizationClock: OrganizationClock,
    private readonly clock: Clock,
  ) {}

  /**
   * A second call waits for the first. Where it takes longer than a call may, the clock goes on all the same.
   * @throws Conflict for a time that is not ahead, or while money is frozen; ValidationFailed for more than 400 days; Unavailable while
   * another call moves it
   */
  async move(caller: PartnerCaller, input: MoveSandboxClock): Promise<Reply> {
    const move = this.moveInTurn(caller, input);
    this.moves.add(move);
    return move.finally(() => this.moves.delete(move));
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }

  /** Ends every move between two steps; the same call to another process goes on from there. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.allSettled(this.moves);
  }

  private async moveInTurn(caller: PartnerCaller, input: MoveSandboxClock): Promise<Reply> {
    const waitUntilMs = performance.now() + 0.75 * timeouts.partnerCallMs;
    for (;;) {
      const claim = await this.claims.take(caller.organizationId);
      try {
        // Behind the claim: the call before may have had the same Idempotency-Key.
        const earlier = await this.idempotency.findReply(this.dataSource.manager, caller, input);
        if (earlier) return earlier;
        if (claim) return await this.moveClaimed(caller, input, claim);
      } finally {
        if (claim) await this.claims.release(claim);
      }
      if (this.isStopping || performance.now() > waitUntilMs)
        throw new Unavailable('The sandbox’s clock is being moved; try again.');
      await pause(RETRY_MS);
    }
  }

  private async moveClaimed(caller: PartnerCaller, input: MoveSandboxClock, claim: SandboxClaim): Promise<Reply> {
    const to = new Date(input.body.to);
    const { organizationId } = caller;
    const from = await this.readNow(organizationId);
    assertAhead(to, from);
    await this.runUntil(claim, from, to);
    return this.transactions.run((em) =>
      this.idempotency.runOnce(em, caller, input, 200, async () => {
        const now = await this.advance(em, organizationId, to);
        await this.clock.runAt(now, () =>
          this.audit.record(em, caller, {
            type: 'clock.moved',
            organizationId,
            objectId: organizationId,
            internal: { before: { now: from }, after: { now } },
          }),
        );
        return { result: { now } };
      }),
    );
  }

  /** Everything that is due until `to`, each at its own time; first what is due already. */
  private async runUntil(claim: SandboxClaim, from: Date, to: Date): Promise<void> {
    const { organizationId } = claim;
    let at = from;
    for (let retries = 0; retries <= MAX_RETRIES;) {
      await this.runOneMoment(claim, at);
      const due = await this.findNextDue(organizationId);
      if (!due || due > to) return;
      if (due > at) [at, retries] = [due, 0];
      else {
        retries += 1;
        await pause(RETRY_MS);
      }
    }
    throw new Unavailable('What is due in the sandbox is locked by another call; try again.');
  }

  private async runOneMoment(claim: SandboxClaim, at: Date): Promise<void> {
    const { organizationId } = claim;
    const canGoOn = async () => !this.isStopping && (await this.claims.keep(claim));
    if (!(await canGoOn())) throw new Unavailable('The sandbox’s clock is being moved; try again.');
    await this.transactions.run((em) => this.advance(em, organizationId, at));
    await this.clock.runAt(at, async () => {
      await this.answers.answerDue(sandboxCaller(), organizationId, canGoOn);
      await this.renewals.renewPartner(sandboxCaller(), organizationId, () => this.isStopping);
    });
  }

  /** The next renewal, attempt or answer, by the sandbox's clock. */
  private async findNextDue(organizationId: string): Promise<Date | null> {
    const lease = await queryRow<{ at: Date | null }>(
      this.dataSource.manager,
      sql`SELECT min(CASE WHEN status = 'past_due' THEN retry_at ELSE next_renewal_at END) AS at
            FROM lease WHERE organization_id = ${organizationId} AND sandbox AND ${isLiveSql()}`,
    );
    const answer = await this.answers.findNextDue(organizationId);
    const times = [lease?.at, answer].flatMap((time) => time?.getTime() ?? []);
    return times.length > 0 ? new Date(Math.min(...times)) : null;
  }

  private async readNow(organizationId: string): Promise<Date> {
    const aheadMs = await this.organizationClock.readAheadMs(organizationId);
    return this.clock.runForAll(() => this.clock.runAhead(aheadMs, () => this.clock.now()));
  }

  /** Sets the clock to that time, or leaves it where it has gone beyond. @returns the sandbox's time */
  private async advance(em: EntityManager, organizationId: string, to: Date): Promise<Date> {
    const now = this.clock.runForAll(() => this.clock.now());
    const aheadMs = Math.round(to.getTime() - now.getTime());
    const [moved] = await queryRows<{ aheadMs: number }>(
      em,
      sql`UPDATE organization SET clock_ahead_ms = greatest(clock_ahead_ms, ${aheadMs}::bigint)
           WHERE id = ${organizationId} AND sandbox RETURNING clock_ahead_ms AS "aheadMs"`,
    );
    return new Date(now.getTime() + moved!.aheadMs);
  }
}

function assertAhead(to: Date, now: Date): void {
  if (to <= now) {
    throw new Conflict('not_allowed_now', `The sandbox’s time is ${now.toISOString()}: its clock only moves forward.`, {
      now,
    });
  }
  const message =
    to.getTime() - now.getTime() > MAX_DAYS * DAY_MS
      ? `must be at most ${MAX_DAYS} days after ${now.toISOString()}, the sandbox’s time`
      : to.getUTCFullYear() > MAX_YEAR
        ? `must not be after the year ${MAX_YEAR}`
        : null;
  if (message) throw new ValidationFailed([{ path: 'to', message }]);
}
