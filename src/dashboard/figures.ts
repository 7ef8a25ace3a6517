/** The dashboard. Days and months are those of the business time zone. */
export interface DashboardFigures {
  asOf: Date;
  timeZone: string;
  days: number;
  tiles: Tiles;
  /** Oldest day first; the last is today so far. */
  depth: DepthOfDay[];
  /** `whole` is of all days together. */
  speed: { days: SpeedOfDay[]; whole: Speed; pausedMs: number };
  /** Twelve months, the oldest first; the last is the current one so far. */
  months: Month[];
  warm: Warm;
}

/** The current state. */
export interface Tiles {
  /** `oldestMs` is how long the oldest has been overdue. */
  overdue: { count: number; oldestMs: number | null };
  /** Blocked requests, and the accounts still wanted on them. */
  blocked: { count: number; accounts: number };
  /** Claimed requests, and the colleagues who have claimed them. */
  held: { count: number; colleagues: number };
  /** Requests whose wallet covers no account after earlier requests, and what those wallets lack for all accounts still wanted. */
  walletShort: { count: number; missingCents: number };
  /** `since` is when the first of them became past due. */
  pastDue: { count: number; since: Date | null };
  /** Webhook endpoints that their failures paused, and their partners. */
  pausedWebhooks: { count: number; partners: number };
  leases: { live: number; monthlyCents: number };
  /** The last verification of the ledger; `null` before the first one. */
  books: { verifiedAt: Date; faults: number } | null;
}

/** Requests that were open and overdue at the end of the day. */
export interface DepthOfDay {
  day: string;
  open: number;
  overdue: number;
}

export interface SpeedOfDay extends Speed {
  day: string;
}

/** Durations from submission, without paused time; `null` where no request counts. */
export interface Speed {
  /** Requests that got their first account. */
  firsts: number;
  firstMedianMs: number | null;
  firstP95Ms: number | null;
  /** Requests that staff closed, not those that partners cancelled. */
  closed: number;
  closeMedianMs: number | null;
  closeP95Ms: number | null;
}

/** `activeLeases` at its end; `revenueCents` is charges and renewals less refunds booked in it. */
export interface Month {
  month: string;
  activeLeases: number;
  revenueCents: number;
}

/** Unmet demand and stock by vertical (synonyms under the pool's vertical) and language; countries are ignored. */
export interface Warm {
  /** The most wanted first; at most twelve. */
  verticals: string[];
  /** The most wanted first; at most eight. `any` is for requests without a language. */
  languages: string[];
  /** One for each vertical and language. An account of several verticals counts in each. */
  cells: WarmCell[];
}

export interface WarmCell {
  vertical: string;
  language: string;
  requests: number;
  /** Accounts still wanted by open requests. */
  wanted: number;
  /** Available accounts, counted up to 100 more than are wanted. */
  stock: number;
  /** Whether there are more than `stock`. */
  stockIsMore: boolean;
}
