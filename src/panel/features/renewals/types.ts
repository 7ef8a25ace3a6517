import { readPage, type Reading } from '../../lib/api.js';

export interface DayAhead {
  day: string;
  renewals: number;
  dueCents: number;
  uncoveredCents: number;
}

export interface PartnerAhead {
  organizationId: string;
  partner: string;
  suspended: boolean;
  balanceCents: number;
  owedCents: number;
  thresholdCents: number | null;
  isLow: boolean;
  pastDue: number;
  renewals: number;
  dueCents: number;
  days: DayAhead[];
  uncoveredFrom: string | null;
  shortfallCents: number;
}

export interface PastDueLease {
  leaseId: string;
  socialAccountId: string;
  handle: string;
  organizationId: string;
  partner: string;
  priceCents: number;
  dueAt: string;
  pastDueSince: string;
  retryAt: string;
  disconnectsAt: string;
  topUpCents: number;
}

export interface LostLease {
  leaseId: string;
  handle: string;
  organizationId: string;
  partner: string;
  priceCents: number;
  disconnectedAt: string;
}

/** `GET /admin/api/pages/renewals` */
export interface RenewalsAhead {
  daysAhead: number;
  days: DayAhead[];
  partners: PartnerAhead[];
  partnerCount: number;
  pastDue: PastDueLease[];
  pastDueCount: number;
  disconnected: LostLease[];
  disconnectedCount: number;
  waiting: number;
  freeze: { frozenAt: string | null; frozenBy: string | null; reason: string | null };
  clock: { now: string; movable: boolean; aheadMs: number };
}

/** A partner's own days among all that are shown. */
export function daysOf(own: DayAhead[], all: DayAhead[]): DayAhead[] {
  const byDay = new Map(own.map((day) => [day.day, day]));
  return all.map(({ day }) => byDay.get(day) ?? { day, renewals: 0, dueCents: 0, uncoveredCents: 0 });
}

export function readRenewals(reading?: Reading): Promise<RenewalsAhead> {
  return readPage<RenewalsAhead>('renewals', {}, reading);
}
