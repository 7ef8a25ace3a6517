import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { formatDollars } from '../core/money.js';
import { getMonthBounds, type MonthBounds } from '../core/months.js';
import { queryRow, sql } from '../core/sql.js';
import { LedgerVerificationJob } from './ledger-verification.job.js';
import { readOwed } from './month-figures.js';
import { readOpenBefore } from './open-months.js';
import { formatCount } from '../core/counts.js';
import { formatUtcMoment } from '../core/utc-times.js';

/** What is looked at before a month is closed. */
export interface ChecklistItem {
  name: 'earlier_months' | 'approvals' | 'verification' | 'owed';
  /** Whether nothing is left to look at. */
  isClear: boolean;
  /** A sentence. */
  text: string;
}

/** The checklist of a month's close. Only an earlier month that is open keeps a month from being closed. */
@Injectable()
export class MonthChecklist {
  constructor(
    private readonly dataSource: DataSource,
    private readonly verification: LedgerVerificationJob,
    private readonly clock: Clock,
  ) {}

  /** @throws ValidationFailed */
  async read(month: string): Promise<ChecklistItem[]> {
    const bounds = getMonthBounds(month);
    const em = this.dataSource.manager;
    return [
      toEarlierMonths(await readOpenBefore(em, month, this.clock.now())),
      await readApprovals(em),
      await this.readVerification(bounds),
      await readOwedItem(em, bounds),
    ];
  }

  private async readVerification({ end }: MonthBounds): Promise<ChecklistItem> {
    const latest = await this.verification.latest();
    const name = 'verification';
    if (!latest) return { name, isClear: false, text: 'The ledger has not been verified yet.' };
    const at = formatUtcMoment(latest.verifiedAt);
    if (latest.faults > 0) {
      const errors = formatCount(latest.faults, 'error');
      return { name, isClear: false, text: `The verification of the ledger found ${errors}, ${at}.` };
    }
    const isAfterMonth = latest.verifiedAt >= end;
    const text = isAfterMonth
      ? `The ledger was verified without errors, ${at}.`
      : `The ledger was verified without errors, ${at}, but not since the month ended.`;
    return { name, isClear: isAfterMonth, text };
  }
}

function toEarlierMonths(openBefore: string[]): ChecklistItem {
  const isClear = openBefore.length === 0;
  const text = isClear
    ? 'Every earlier month is closed.'
    : `Still open before it: ${openBefore.toReversed().join(', ')}.`;
  return { name: 'earlier_months', isClear, text };
}

async function readApprovals(em: EntityManager): Promise<ChecklistItem> {
  const found = await queryRow<{ count: number }>(
    em,
    sql`SELECT count(*) AS count FROM movement_proposal WHERE decision IS NULL`,
  );
  const count = found!.count;
  const wait = formatCount(count, 'transaction waits', 'transactions wait');
  const text =
    count === 0
      ? 'No transaction waits for approval.'
      : `${wait} for approval; what is approved later is booked on that day.`;
  return { name: 'approvals', isClear: count === 0, text };
}

async function readOwedItem(em: EntityManager, bounds: MonthBounds): Promise<ChecklistItem> {
  const owing = (await readOwed(em, bounds)).filter(({ closingCents }) => closingCents > 0);
  const cents = owing.reduce((sum, { closingCents }) => sum + closingCents, 0);
  const partners = formatCount(owing.length, 'partner owes', 'partners owe');
  const text =
    owing.length === 0
      ? 'No partner owed anything at its end.'
      : `${partners} ${formatDollars(cents)} at its end, from top-ups that came back.`;
  return { name: 'owed', isClear: owing.length === 0, text };
}
