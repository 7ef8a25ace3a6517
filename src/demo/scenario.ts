import type { Role } from '../authorization/roles.js';
import type { RateLimitTier } from '../partners/api-key-rows.js';
import type { BlockerKind, OutcomeReason } from '../lease-requests/lease-request-status.js';

/** One person of each role can sign in with the printed password; the others only show in the audit log. */
export const people = {
  vera: { name: 'Vera Lindqvist', role: 'viewer', signsIn: true },
  omar: { name: 'Omar Haddad', role: 'operator', signsIn: true },
  jo: { name: 'Jo Okafor', role: 'operator', signsIn: false },
  fiona: { name: 'Fiona Park', role: 'finance', signsIn: true },
  ada: { name: 'Ada Moreau', role: 'admin', signsIn: true },
} as const satisfies Record<string, { name: string; role: Role; signsIn: boolean }>;
export type Person = keyof typeof people;

/** The body that the partner's program sent. */
export interface DemoRequestBody {
  count: number;
  niche: { vertical: string; audience?: string; language?: string; geo?: string[] };
  target?: string;
  note?: string;
  requestId?: string;
}

/** `undo`, `release` and `disconnect` name an account by its number in the order of assignment, from 1. */
export type DemoAction = { afterMinutes: number } & (
  | { assign: number; by: Person; everyMinutes?: number }
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
  minutesAgo: number;
  /** Index of the partner's project. @default 0 */
  project?: number;
  body: DemoRequestBody;
  actions: DemoAction[];
}

export interface DemoPartner {
  name: string;
  projects: string[];
  /** The id of the first project. */
  projectId?: string;
  tier?: RateLimitTier;
  priceCents?: number;
  joinedDaysAgo: number;
  /** The first top-up. */
  walletCents: number;
  /** The low-balance threshold. */
  lowBalanceCents?: number;
  topUps?: { daysAgo: number; cents: number; reference: string }[];
  adjustments?: { daysAgo: number; cents: number; reason: string }[];
  suspendedDaysAgo?: number;
  /** Name of a second key, which was killed. */
  killedKey?: string;
  requests: DemoRequest[];
}

/** @returns minutes */
export const hours = (n: number) => n * 60;
/** @returns minutes */
export const days = (n: number, andHours = 0) => n * 1_440 + andHours * 60;
