/** Names of the code, and words that the glossary replaces: no text, tooltip or label of the panel has any of them. */
export const puzzlingWords: RegExp[] = [
  /AdminJS|SoftwareBrothers|undefined|NaN|\[object|Invalid Date|\d{4}-\d\d-\d\dT/,
  // One term for one thing: docs/glossary.md, "What the panel says".
  /\borganizations?\b|\bsocial accounts?\b|\bleased account:/i,
  /we alone|partner reads|the partner too|reads? it no more/i,
  /\bwoke\b|\bproved\b|\bthe trail\b|\bmend(ed)?\b|\bclean\b/i,
  /runs dry|money ends|\bcommits\b|the house|clock (paused|stands)/i,
  /\b(is|are|be) taken back\b|gives back|came back|\bfaults?\b|\bmovements?\b/i,
  /\bMade\b|\bby (nobody|somebody)\b|\bis called that\b|all the same|the wallet gives/,
  // Numbers and ages that run into each other, and a plural of money.
  /asked for \d+ (?!accounts?\b)|\$[\d,.]+ are\b|\b1 (accounts|requests|leases|days)\b/,
  // The verb is *top up*, the noun *top-up*.
  /\b(an?|the|this|each|which|every|its|of) top ups?\b|\bTop up reversal\b|\bto top-up\b/i,
  // An id where a name is known.
  /opening balance of org_|reverses txn_/i,
];

/** A name of the code as a heading or label. */
export const codeName = /^[a-z]+[A-Z_]\w*$|^(actions|properties)\./;
