import { readPage, type Reading } from '../../lib/api.js';

/** `GET /admin/api/pages/dashboard?days=`. Times are ISO 8601, days and months those of the business's time zone, money is cents. */
export interface Figures {
  asOf: string;
  timeZone: string;
  days: number;
  tiles: {
    overdue: { count: number; oldestMs: number | null };
    blocked: { count: number; accounts: number };
    held: { count: number; colleagues: number };
    walletShort: { count: number; missingCents: number };
    pastDue: { count: number; since: string | null };
    leases: { live: number; monthlyCents: number };
    books: { verifiedAt: string; faults: number } | null;
  };
  depth: { day: string; open: number; overdue: number }[];
  speed: { days: SpeedOfDay[]; whole: Speed; pausedMs: number };
  months: { month: string; activeLeases: number; revenueCents: number }[];
  warm: { verticals: string[]; languages: string[]; cells: WarmCell[] };
}

export interface SpeedOfDay extends Speed {
  day: string;
}

export interface Speed {
  firsts: number;
  firstMedianMs: number | null;
  firstP95Ms: number | null;
  closed: number;
  closeMedianMs: number | null;
  closeP95Ms: number | null;
}

export interface WarmCell {
  vertical: string;
  language: string;
  requests: number;
  wanted: number;
  stock: number;
  stockIsMore: boolean;
}

export function readFigures(days: number, reading: Reading): Promise<Figures> {
  return readPage<Figures>('dashboard', { days: String(days) }, reading);
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const monthFormat = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** `2026-11-02` → `2 Nov`. */
export function dayLabel(day: string): string {
  return dayFormat.format(new Date(`${day}T00:00:00Z`));
}

/** `2026-11` → `Nov 2026`. */
export function monthLabel(month: string): string {
  return monthFormat.format(new Date(`${month}-01T00:00:00Z`));
}

/** Hours for a chart or a table: `3.5 h`; empty where there was nothing to measure. */
export function hours(milliseconds: number | null): string {
  if (milliseconds === null) return '—';
  const value = milliseconds / 3_600_000;
  return `${value >= 10 ? Math.round(value) : value.toFixed(1)} h`;
}
