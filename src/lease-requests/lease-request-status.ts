export const leaseRequestStatuses = ['requested', 'assigned', 'partial', 'rejected'] as const;
export type LeaseRequestStatus = (typeof leaseRequestStatuses)[number];

/** What a partner's list of requests is ordered by. */
export const leaseRequestOrders = ['submittedAt', 'updatedAt'] as const;
export type LeaseRequestOrder = (typeof leaseRequestOrders)[number];

/** The step of fulfillment that moves a request from one status to another; other moves cannot happen. */
type TransitionTable<Status extends string> = Record<Status, Partial<Record<Status, string>>>;

export const leaseRequestTransitions = {
  requested: { assigned: 'lastAssignment', partial: 'closePartial', rejected: 'reject' },
  assigned: {},
  partial: {},
  rejected: {},
} as const satisfies TransitionTable<LeaseRequestStatus>;

/** Whether staff can still work on a request: some transition leads out of its status. */
export function isOpen(status: LeaseRequestStatus): boolean {
  return Object.keys(leaseRequestTransitions[status]).length > 0;
}

export const blockerKinds = ['no_inventory', 'wallet_short', 'needs_clarification', 'policy', 'other'] as const;
export type BlockerKind = (typeof blockerKinds)[number];

/** Why a blocker ended without staff. */
export type UnblockReason = 'top_up' | 'adjustment' | 'refund' | 'account_available' | 'partner_reply' | 'day';

export const noteVisibilities = ['internal', 'partner'] as const;
export type NoteVisibility = (typeof noteVisibilities)[number];

export const outcomeReasons = ['no_inventory', 'wallet_short', 'policy', 'unclear', 'cancelled', 'other'] as const;
export type OutcomeReason = (typeof outcomeReasons)[number];

/** The reasons that staff may give; only a partner's cancellation has the reason `cancelled`. */
export const staffOutcomeReasons = outcomeReasons.filter((reason) => reason !== 'cancelled');

/** The reason that a blocker implies when staff close a request without giving one. */
export const outcomeByBlocker = {
  no_inventory: 'no_inventory',
  wallet_short: 'wallet_short',
  needs_clarification: 'unclear',
  policy: 'policy',
  other: 'other',
} as const satisfies Record<BlockerKind, OutcomeReason>;
