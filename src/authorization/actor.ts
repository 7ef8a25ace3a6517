import type { CallId } from '../core/ids.js';
import type { Role } from './roles.js';

/** A partner's program, authenticated by its API key. */
export interface PartnerCaller {
  kind: 'partner_api';
  organizationId: string;
  apiKeyId: string;
  callId: CallId;
  /** Of the secret that authenticated the call; absent where no call did, as in the demo. */
  keyPrefix?: string;
}

/** A signed-in staff member; the role is read from the database on every panel call. */
export interface StaffCaller {
  kind: 'staff';
  staffId: string;
  name: string;
  role: Role;
  callId: CallId;
}

/** The command line, a worker or the demo; it has every permission. */
export interface SystemCaller {
  kind: 'system';
  /** For example `cli partner:create`. */
  name: string;
  callId: CallId;
}

const CLI = 'cli ';
/** What may run by a schedule, with nobody at the command line. */
const scheduledCommands = ['renewals:run'];

/** The caller's name for a command of the command line. */
export function toCliName(command: string): string {
  return CLI + command;
}

/** Whether a caller of that name is a person at the command line. */
export function isOperatorName(name: string): boolean {
  return name.startsWith(CLI) && !scheduledCommands.includes(name.slice(CLI.length));
}

/** Who causes a change. */
export type Actor = PartnerCaller | StaffCaller | SystemCaller;
/** Who may work on fulfillment and money by hand. */
export type Insider = StaffCaller | SystemCaller;
