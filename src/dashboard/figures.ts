/** Everything on the dashboard. Times are ISO 8601 in JSON, days and months are those of the business's time zone, money is cents. */
export interface DashboardFigures {
  asOf: Date;
  timeZone: string;
  days: number;
  tiles: Tiles;
  /** Oldest day first; the last is today so far. */
  depth: DepthOfDay[];
  /** `whole` is of all these days together. */
  speed: { days: SpeedOfDay[]; whole: Speed; pausedMs: number };
  /** Twelve months, the oldest first; the last is the current one so far. */
  months: Month[];
  warm: Warm;
}

/** What the next shift has to know, of right now. */
export interface Tiles {
  /** Open requests whose time is over; `oldestMs` is how long the longest of them has been due. */
  overdue: { count: number; oldestMs: number | null };
  /** Blocked requests, and the accounts still wanted on them. */
  blocked: { count: number; accounts: number };
  /** Requests that somebody holds, and how many colleagues do. */
  held: { count: number; colleagues: number };
  /** Requests whose wallet pays for no account more, and what their wallets lack for all that is wanted on them. */
  walletShort: { count: number; missingCents: number };
  /** Leases whose renewal is unpaid, and since when the first of them is. */
  pastDue: { count: number; since: Date | null };
  leases: { live: number; monthlyCents: number };
  /** When the books were proved last, and how many faults were found; `null` before the first time. */
  books: { verifiedAt: Date; faults: number } | null;
}

/** How many requests were open, and overdue, when the day ended. */
export interface DepthOfDay {
  day: string;
  open: number;
  overdue: number;
}

export interface SpeedOfDay extends Speed {
  day: string;
}

/** What the requests of some time took, from submission, without the time that their clocks stood still; `null` where there was none. */
export interface Speed {
  /** Requests that got their first account in that time. */
  firsts: number;
  firstMedianMs: number | null;
  firstP95Ms: number | null;
  /** Requests that staff closed in that time; what partners cancelled is left out. */
  closed: number;
  closeMedianMs: number | null;
  closeP95Ms: number | null;
}

/** `activeLeases` at its end; charges and renewals less refunds booked in it. */
export interface Month {
  month: string;
  activeLeases: number;
  revenueCents: number;
}

/** Unmet demand against stock, by vertical (synonyms under the pool's word) and language. Countries are left out of account. */
export interface Warm {
  /** Those most wanted, first; at most twelve. */
  verticals: string[];
  /** Those most wanted, first; at most eight. `any` stands for requests that wish none. */
  languages: string[];
  /** One for each pair of the above. An account of several verticals is stock of each. */
  cells: WarmCell[];
}

export interface WarmCell {
  vertical: string;
  language: string;
  requests: number;
  /** Accounts still wanted by open requests. */
  wanted: number;
  /** Available accounts, counted no further than a hundred more than are wanted. */
  stock: number;
  /** Whether there are more than `stock` says. */
  stockIsMore: boolean;
}
