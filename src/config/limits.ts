/** The largest amount of one transaction. */
export const MAX_CENTS = 1_000_000_000_000;
