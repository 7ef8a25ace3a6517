/**
 * Milliseconds after which nobody waits any longer. They are promises to callers; where a machine has much else to do,
 * tests of anything else than these promises wait longer.
 */
export const patience = {
  /** A partner is answered within 5 s even when PostgreSQL hangs (contract: UNAVAILABLE); the rest is for the way back. */
  partnerCall: 4_000,
  /** The same for staff. */
  panelCall: 4_500,
  /** For one of the pool's connections. */
  connection: 3_000,
  /** For whether an address may try a key again; the call goes on without an answer. */
  failedAuthentications: 1_000,
};
