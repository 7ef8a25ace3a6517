import type { Role } from '../authorization/roles.js';
import type { RateLimitTier } from '../partners/api-keys.service.js';
import type { BlockerKind, OutcomeReason } from '../lease-requests/lease-request-status.js';

/** The people of the demo. One of each role can sign in with what is printed; the others only show on the trail. */
export const people = {
  vera: { name: 'Vera Lindqvist', role: 'viewer', signsIn: true },
  omar: { name: 'Omar Haddad', role: 'operator', signsIn: true },
  jo: { name: 'Jo Okafor', role: 'operator', signsIn: false },
  fiona: { name: 'Fiona Park', role: 'finance', signsIn: true },
  ada: { name: 'Ada Moreau', role: 'admin', signsIn: true },
} as const satisfies Record<string, { name: string; role: Role; signsIn: boolean }>;
export type Person = keyof typeof people;

/** What a partner asked for, as its program sent it. */
export interface Ask {
  count: number;
  niche: { vertical: string; audience?: string; language?: string; geo?: string[] };
  target?: string;
  note?: string;
  requestId?: string;
}

/** What happened to a request, `after` so many minutes. Accounts are numbered in the order of their assignment. */
export type DemoAction = { after: number } & (
  | { assign: number; by: Person; every?: number }
  | { undo: number; by: Person; reason: string }
  | { note: string; by: Person; visible?: boolean; blocker?: BlockerKind }
  | { withdrawLastNote: true; by: Person }
  | { clearBlocker: true; by: Person }
  | { closeShort: string; by: Person; outcome?: OutcomeReason }
  | { reject: string; by: Person; outcome?: OutcomeReason }
  | { release: number; reason?: string }
  | { disconnect: number; by: Person; reason: string; refund: boolean }
);

export interface DemoRequest {
  /** Minutes before now. */
  ago: number;
  /** Which of the partner's projects, the first if left out. */
  project?: number;
  ask: Ask;
  then: DemoAction[];
}

export interface DemoPartner {
  name: string;
  projects: string[];
  /** The id of the first project. */
  projectId?: string;
  tier?: RateLimitTier;
  priceCents?: number;
  joinedDaysAgo: number;
  /** What the wallet began with. */
  walletCents: number;
  /** Below this its wallet is marked. */
  lowBalanceCents?: number;
  topUps?: { daysAgo: number; cents: number; reference: string }[];
  adjustments?: { daysAgo: number; cents: number; reason: string }[];
  suspendedDaysAgo?: number;
  /** A second key that was switched off. */
  killedKey?: string;
  requests: DemoRequest[];
}

export const hours = (n: number) => n * 60;
export const days = (n: number, andHours = 0) => n * 1_440 + andHours * 60;
