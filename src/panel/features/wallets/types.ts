/** What `wallets` → `overview` answers. Times are ISO 8601 in UTC, money is whole cents. */
export interface WalletOverview {
  outlook: Outlook;
  statement: StatementPage;
  waiting: WaitingMovement[];
}

/** A movement that a second person has to decide on. */
export interface WaitingMovement {
  proposalId: string;
  organizationId: string;
  partner: string;
  kind: string;
  amountCents: number;
  reference: string | null;
  reason: string | null;
  proposedBy: string;
  proposedAt: string;
  isOwn: boolean;
}

export interface Outlook {
  organizationId: string;
  partner: string;
  balanceCents: number;
  owedCents: number;
  priceCents: number;
  covers: number;
  liveLeases: number;
  monthlyCommitmentCents: number;
  nextRenewalAt: string | null;
  /** Below this the wallet is marked as low; null where it never is. */
  lowBelowCents: number | null;
  pastDue: { leases: number; disconnectsAt: string | null };
  runsDryAt: string | null;
  monthsAhead: { month: string; renewals: number; dueCents: number; balanceAfterCents: number }[];
  months: string[];
}

export interface StatementPage {
  lines: StatementLine[];
  nextCursor: string | null;
}

export interface StatementLine {
  transactionId: string;
  walletSeq: number;
  kind: string;
  amountCents: number;
  balanceAfterCents: number;
  bookedAt: string;
  bookedBy: string;
  leaseId: string | null;
  handle: string | null;
  leaseRequestId: string | null;
  requestId: string | null;
  periodStart: string | null;
  periodEnd: string | null;
  reversesId: string | null;
  reference: string | null;
  reason: string | null;
}
