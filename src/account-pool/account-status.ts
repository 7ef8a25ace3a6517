/** Only a lease makes an account `assigned`, and only the lease's end changes that. */
export const accountStatuses = ['warming', 'available', 'assigned', 'resetting', 'quarantined', 'retired'] as const;
export type AccountStatus = (typeof accountStatuses)[number];
/** The statuses that staff may choose. */
export type ChosenStatus = Exclude<AccountStatus, 'assigned'>;
export const chosenStatuses = [
  'warming',
  'available',
  'resetting',
  'quarantined',
  'retired',
] as const satisfies ChosenStatus[];

/** The moves that staff make in the panel or by an import. */
export const accountTransitions = {
  warming: ['available', 'quarantined', 'retired'],
  available: ['warming', 'resetting', 'quarantined', 'retired'],
  assigned: [],
  resetting: ['warming', 'available', 'quarantined', 'retired'],
  quarantined: ['warming', 'available', 'resetting', 'retired'],
  // A retired account is reviewed before it can be leased again.
  retired: ['quarantined'],
} as const satisfies Record<AccountStatus, readonly ChosenStatus[]>;

/** Whether staff may change the status so; no change is always allowed. */
export function canMove(from: AccountStatus, to: ChosenStatus): boolean {
  return from === to || (accountTransitions[from] as readonly ChosenStatus[]).includes(to);
}
