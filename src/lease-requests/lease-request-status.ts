export const leaseRequestStatuses = ['requested', 'assigned', 'partial', 'rejected'] as const;
export type LeaseRequestStatus = (typeof leaseRequestStatuses)[number];

/** Which step of fulfilment moves a request from one status to another; what is not here cannot happen. */
type TransitionTable<Status extends string> = Record<Status, Partial<Record<Status, string>>>;

export const leaseRequestTransitions = {
  requested: { assigned: 'lastAssignment', partial: 'closePartial', rejected: 'reject' },
  assigned: {},
  partial: {},
  rejected: {},
} as const satisfies TransitionTable<LeaseRequestStatus>;

/** Whether staff can still work on a request: some move leads out of its status. */
export function isOpen(status: LeaseRequestStatus): boolean {
  return Object.keys(leaseRequestTransitions[status]).length > 0;
}

export const blockerKinds = ['no_inventory', 'wallet_short', 'needs_clarification', 'policy', 'other'] as const;
export type BlockerKind = (typeof blockerKinds)[number];

/** Why a blocker ended by itself. */
export type UnblockReason = 'top_up' | 'adjustment' | 'refund' | 'account_available' | 'partner_reply' | 'day';

export const noteVisibilities = ['internal', 'partner'] as const;
export type NoteVisibility = (typeof noteVisibilities)[number];

export const outcomeReasons = ['no_inventory', 'wallet_short', 'policy', 'unclear', 'cancelled', 'other'] as const;
export type OutcomeReason = (typeof outcomeReasons)[number];

/** The reasons that staff close a request for; `cancelled` is its partner's own word. */
export const staffOutcomeReasons = outcomeReasons.filter((reason) => reason !== 'cancelled');

/** The outcome that a standing blocker explains, for staff who close a request without naming one. */
export const outcomeByBlocker = {
  no_inventory: 'no_inventory',
  wallet_short: 'wallet_short',
  needs_clarification: 'unclear',
  policy: 'policy',
  other: 'other',
} as const satisfies Record<BlockerKind, OutcomeReason>;
