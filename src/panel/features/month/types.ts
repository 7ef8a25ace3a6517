import { readPage, type Reading } from '../../lib/api.js';
import type { WaitingMovement } from '../wallets/types.js';

/** What the page `month` answers. Times are ISO 8601 in UTC, money is whole cents. */
export interface MonthAnswer {
  month: string;
  months: string[];
  closedAt: string | null;
  closedBy: string | null;
  closableFrom: string;
  isClosable: boolean;
  /** Earlier months that are not closed, the newest first. */
  openBefore: string[];
  partnerNames: Record<string, string>;
  trialBalance: {
    account: string;
    openingCents: number;
    debitCents: number;
    creditCents: number;
    closingCents: number;
  }[];
  wallets: {
    organizationId: string;
    openingCents: number;
    topUpCents: number;
    leaseChargeCents: number;
    leaseRenewalCents: number;
    refundCents: number;
    adjustmentCents: number;
    topUpReversalCents: number;
    payoutCents: number;
    closingCents: number;
  }[];
  owed: {
    organizationId: string;
    openingCents: number;
    newlyOwedCents: number;
    settledCents: number;
    closingCents: number;
  }[];
  chargesByPeriod: { period: string; kind: string; count: number; amountCents: number }[];
  revenue: {
    deferredAtStartCents: number;
    billedCents: number;
    earnedCents: number;
    deferredAtEndCents: number;
    days: { day: string; earnedCents: number }[];
  };
  topUps: TopUp[];
  payouts: Payment[];
  /** The books' last proof: `named` are the first of its `faults`. */
  proved: { verifiedAt: string; faults: number; named: string[] } | null;
  waiting: WaitingMovement[];
}

export interface Payment {
  transactionId: string;
  organizationId: string;
  reference: string;
  amountCents: number;
  bookedAt: string;
}

/** What came in and what came back in the month; one of another month has its own time and an amount of 0. */
export interface TopUp extends Payment {
  cameBackCents: number;
}

/** A month of the books; the present one where none is named. */
export function readMonth(month: string | null, reading?: Reading): Promise<MonthAnswer> {
  return readPage<MonthAnswer>('month', month ? { month } : {}, reading);
}
