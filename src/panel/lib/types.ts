import type { Candidate as PoolCandidate } from '../../account-pool/matching.js';

/** What the panel's handlers answer and its pages read. Times are ISO 8601 in UTC, money is whole cents. */

export type BlockerKind = 'no_inventory' | 'wallet_short' | 'needs_clarification' | 'policy' | 'other';
export type RequestStatus = 'requested' | 'assigned' | 'partial' | 'rejected';
export type OutcomeReason = 'no_inventory' | 'wallet_short' | 'policy' | 'unclear' | 'cancelled' | 'other';

export type WakeReason = 'top_up' | 'adjustment' | 'refund' | 'account_available' | 'partner_reply' | 'day';

export interface Blocker {
  kind: BlockerKind;
  since: string;
  /** The day, `YYYY-MM-DD`, on which it wakes by itself. */
  lookAgainOn: string | null;
}

/** Who holds a request until when. */
export interface Claim {
  staffId: string;
  name: string;
  until: string;
  mine: boolean;
}

export interface QueueRow {
  id: string;
  requestId: string;
  partner: string;
  partnerId: string;
  partnerSuspended: boolean;
  project: string;
  submittedAt: string;
  dueAt: string | null;
  pausedAt: string | null;
  dueShare: number | null;
  vertical: string;
  language: string | null;
  geo: string[] | null;
  count: number;
  assignedCount: number;
  status: RequestStatus;
  version: number;
  /** How many more accounts the partner's wallet could pay for. */
  walletCovers: number;
  /** Whether the wallet holds less than its threshold. */
  lowBalance: boolean;
  /** How many free accounts fit. */
  poolFits: number;
  blocker: Blocker | null;
  wokeBecause: WakeReason | null;
  claimedBy: Claim | null;
  lastNote: { body: string; author: string; at: string } | null;
}

export type QueueView = 'all' | 'mine' | 'unclaimed' | 'overdue' | 'blocked' | 'wallet-short';

/** `GET /admin/api/pages/queue?view=…&cursor=`: open requests, the most urgent first. */
export interface QueuePage {
  rows: QueueRow[];
  counts: Record<QueueView, number>;
  /** Accounts still to be assigned over all open requests. */
  wantedCount?: number;
  nextCursor: string | null;
  /** Why money is frozen, while it is. */
  frozenBecause: string | null;
  /** What the daily proof of the books found wrong. */
  booksFaults: string[];
  /** How far the demo’s clock stands ahead of the time of day. */
  clockAheadMs: number;
}

export interface RequestDetails {
  id: string;
  requestId: string;
  status: RequestStatus;
  count: number;
  assignedCount: number;
  version: number;
  blocker: Blocker | null;
  wokeBecause: WakeReason | null;
  claim: Claim | null;
  dueAt: string | null;
  pausedAt: string | null;
  pausedMs: number;
  dueShare: number | null;
  vertical: string;
  /** What staff have mapped that vertical to. */
  synonymOf: string | null;
  /** A vertical that the pool does not know, as the list of verticals has it. */
  unknownVertical: string | null;
  /** Those that are written like it, where there are any. */
  closeVerticals: { vertical: string; accounts: number }[];
  audience: string | null;
  language: string | null;
  geo: string[] | null;
  target: string | null;
  partnerNote: string | null;
  partner: { id: string; name: string; suspended: boolean };
  project: { id: string; name: string };
  apiKeyName: string;
  submittedAt: string;
  assignedAt: string | null;
  closedAt: string | null;
  closedBy: 'staff' | 'partner' | null;
  outcomeReason: OutcomeReason | null;
}

export interface WalletView {
  balanceCents: number;
  /** Unpaid renewals; nothing new is assigned while something is owed. */
  owedCents: number;
  priceCents: number;
  covers: number;
  monthlyCommitmentCents: number;
  liveLeases: number;
  nextRenewalAt: string | null;
  /** What its live leases cost and when each falls due next. */
  dues: { at: string; anchorDay: number; cents: number }[];
  /** The first renewal that it could not pay; null when that is years away. */
  runsDryAt: string | null;
}

/** A free account beside the wishes of a request. */
export interface Candidate extends PoolCandidate {
  /** When this partner last gave it back. */
  releasedByPartnerAt: string | null;
  /** When it came back from a partner, where nobody has checked it since. */
  uncheckedSince: string | null;
}

export interface AssignedAccount {
  leaseId: string;
  socialAccountId: string;
  handle: string;
  followers: number;
  status: 'active' | 'past_due' | 'ended' | 'undone';
  assignedAt: string;
  assignedBy: string;
  priceCents: number;
  nextRenewalAt: string | null;
  /** The first attempt at its renewal that failed. */
  pastDueSince: string | null;
  endReason: string | null;
  transactionId: string | null;
  canUndo: boolean;
  undoUntil: string | null;
  /** Whether another account could take its place. */
  canReplace: boolean;
}

export interface NoteView {
  id: string;
  body: string;
  visibility: 'internal' | 'partner';
  author: { kind: 'staff' | 'partner'; name: string };
  blocker: BlockerKind | null;
  createdAt: string;
  withdrawnAt: string | null;
  retiredAt: string | null;
  canWithdraw: boolean;
}

export interface TrailEvent {
  id: string;
  type: string;
  occurredAt: string;
  actorKind: 'partner_api' | 'staff' | 'system';
  actorName: string;
  text: string;
  leaseId: string | null;
  transactionId: string | null;
  data: Record<string, unknown>;
}

export interface Permissions {
  assign: boolean;
  claim: boolean;
  replace: boolean;
  mapVertical: boolean;
  note: boolean;
  withdrawNote: boolean;
  clearBlocker: boolean;
  closePartial: boolean;
  reject: boolean;
  undoAssign: boolean;
  disconnect: boolean;
}

/** `GET /admin/api/resources/lease-requests/records/:id/fulfil`, beside the record. */
export interface Fulfil {
  request: RequestDetails;
  wallet: WalletView;
  samePartner: {
    openRequests: {
      id: string;
      count: number;
      assignedCount: number;
      vertical: string;
      dueAt: string | null;
      pausedAt: string | null;
    }[];
    liveLeases: number;
    since: string | null;
  };
  /** Why money is frozen, while it is. */
  frozenBecause: string | null;
  /** Free accounts that fit, best first, then a few that nearly do. */
  candidates: Candidate[];
  /** Answers to `?q=`, over all free accounts. */
  pool: Candidate[];
  assigned: AssignedAccount[];
  notes: NoteView[];
  events: TrailEvent[];
  /** When an account assigned now would renew first. */
  firstRenewalAt: string;
  /** The day of the month, 1–31, on which what is assigned now renews. */
  anchorDay: number;
  may: Permissions;
}
