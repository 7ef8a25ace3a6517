/** How long callers wait at most, in milliseconds. Tests of other behaviour raise them on a slow machine. */
export const timeouts = {
  /** Partners are answered within 5 s even when PostgreSQL hangs (contract: UNAVAILABLE); the rest is for the network. */
  partnerCallMs: 4_000,
  /** The same for staff. */
  panelCallMs: 4_500,
  /** For the body of a call, which is small. */
  bodyMs: 20_000,
  /** For a connection of the pool. */
  connectionMs: 3_000,
  /** For the count of failed authentications; the call goes on without it. */
  failedAuthenticationsMs: 1_000,
};
