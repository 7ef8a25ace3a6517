/** The states of a pool account. Only a lease makes one `assigned`, and only its end makes it something else. */
export const accountStatuses = ['warming', 'available', 'assigned', 'resetting', 'quarantined', 'retired'] as const;
export type AccountStatus = (typeof accountStatuses)[number];
/** The states that staff may choose. */
export type ChosenStatus = Exclude<AccountStatus, 'assigned'>;
export const chosenStatuses = [
  'warming',
  'available',
  'resetting',
  'quarantined',
  'retired',
] as const satisfies ChosenStatus[];

/** The moves that staff make by hand or by import. */
export const accountTransitions = {
  warming: ['available', 'quarantined', 'retired'],
  available: ['warming', 'resetting', 'quarantined', 'retired'],
  assigned: [],
  resetting: ['warming', 'available', 'quarantined', 'retired'],
  quarantined: ['warming', 'available', 'resetting', 'retired'],
  // Back from retirement only by way of another look.
  retired: ['quarantined'],
} as const satisfies Record<AccountStatus, readonly ChosenStatus[]>;

/** Whether staff may move an account so; staying is no move. */
export function canMove(from: AccountStatus, to: ChosenStatus): boolean {
  return from === to || (accountTransitions[from] as readonly ChosenStatus[]).includes(to);
}
