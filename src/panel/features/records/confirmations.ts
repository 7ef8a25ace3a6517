import { sentence } from '../../../core/sentence.js';
import { formatCount } from '../../lib/format.js';

type Params = Record<string, unknown>;

/** What staff confirm before an action on a record. */
export interface Confirmation {
  title: (name: string) => string;
  consequences: string[] | ((params: Params) => string[]);
  confirm: string;
  /** It cannot be undone, or stops something: see `Dialog`. */
  danger?: boolean;
  needsReason?: boolean;
  /** The property of the record that is typed to confirm. */
  typedName?: { property: string; what: string };
}

const confirmations: Record<string, Confirmation> = {
  'api-keys.kill': {
    title: (name) => sentence`Kill the key “${name}”?`,
    consequences: [
      'Every call with it is refused from now on (503, kill switch).',
      'Open requests and leases are not affected. The key can be resumed at any time.',
    ],
    confirm: 'Kill the key',
    danger: true,
    typedName: { property: 'prefix', what: 'its prefix' },
  },
  'api-keys.resume': {
    title: (name) => sentence`Resume the key “${name}”?`,
    consequences: ['It works again immediately.'],
    confirm: 'Resume the key',
  },
  'api-keys.revoke': {
    title: (name) => sentence`Revoke the key “${name}”?`,
    consequences: [
      'It never works again (401). This cannot be undone. Kill it instead if it may be needed later.',
      'Open requests and leases are not affected; the partner needs another key to access them.',
    ],
    confirm: 'Revoke permanently',
    danger: true,
    typedName: { property: 'prefix', what: 'its prefix' },
  },
  'leases.release': {
    title: (name) => sentence`Release ${name} on the partner’s behalf?`,
    consequences: [
      'The lease ends now, as if the partner had released it; nothing is refunded, and it is no longer charged.',
      'The account goes back to the pool with an open turnaround checklist.',
    ],
    confirm: 'Release',
    danger: true,
    needsReason: true,
  },
  'organizations.resume': {
    title: (name) => sentence`Resume ${name}?`,
    consequences: ['Its API calls are answered again, and accounts can be assigned to it.'],
    confirm: 'Resume the partner',
  },
  'social-accounts.quarantine': {
    title: (name) => sentence`Quarantine ${name}?`,
    consequences: ['It is not offered for any request until someone makes it available again.'],
    confirm: 'Quarantine',
    danger: true,
    needsReason: true,
  },
  'social-accounts.delete': {
    title: (name) => sentence`Delete ${name} from the pool?`,
    consequences: ['This cannot be undone. An account that has been leased cannot be deleted; retire it instead.'],
    confirm: 'Delete the account',
    danger: true,
  },
  'staff.reset': {
    title: (name) => sentence`Create a password reset link for ${name}?`,
    consequences: (params) => [
      'It works once, for 24 hours, and replaces any earlier link.',
      `Their current password works until the link is used; then their sessions end${describeOpenSessions(params)}.`,
    ],
    confirm: 'Create link',
  },
  'staff.inviteAgain': {
    title: (name) => sentence`Create another invitation link for ${name}?`,
    consequences: ['It works once, for 24 hours, and replaces the earlier link.'],
    confirm: 'Create link',
  },
  'staff.disable': {
    title: (name) => sentence`Disable ${name}?`,
    consequences: (params) => [
      `Their sessions end at once${describeOpenSessions(params)}, and nobody can sign in to the account.`,
      `${describeClaims(params)} What they did stays in the audit log.`,
      'Any open link of theirs stops working. The account can be enabled again at any time.',
    ],
    confirm: 'Disable the account',
    danger: true,
  },
  'staff.enable': {
    title: (name) => sentence`Enable ${name} again?`,
    consequences: ['They may sign in again, with their old password and second factor.'],
    confirm: 'Enable the account',
  },
  'staff.resetSecondFactor': {
    title: (name) => sentence`Reset the second factor of ${name}?`,
    consequences: (params) => [
      `Their authenticator app and recovery codes stop working, and their sessions end${describeOpenSessions(params)}.`,
      'Until they set up another one, they sign in with the password alone. Make sure that the request came from them.',
    ],
    confirm: 'Reset the second factor',
    danger: true,
  },
  'staff.setPassword': {
    title: (name) => sentence`Set a new password for ${name}?`,
    consequences: (params) => [
      'A new password is generated and shown once.',
      `Their sessions end${describeOpenSessions(params)}; they sign in with the new one.`,
    ],
    confirm: 'Set a new password',
    danger: true,
  },
  'webhook-deliveries.replay': {
    title: () => 'Send this event again?',
    consequences: [
      'It goes out as a new event at once; the partner sees on it which delivery it repeats.',
      'A receiver that took it already may do its work twice, unless it goes by the version in the data.',
    ],
    confirm: 'Send again',
  },
};

export function getConfirmation(resourceId: string, actionName: string, label: string): Confirmation {
  return (
    confirmations[`${resourceId}.${actionName}`] ?? {
      title: (name) => sentence`${label}: ${name}?`,
      consequences: [],
      confirm: label,
    }
  );
}

export function getConsequences({ consequences }: Confirmation, params: Params): string[] {
  return typeof consequences === 'function' ? consequences(params) : consequences;
}

function describeOpenSessions({ openSessions }: Params): string {
  return ` (${openSessions === 0 ? 'none is' : formatCount(Number(openSessions), 'is', 'are')} open now)`;
}

function describeClaims({ claimsHeld }: Params): string {
  return claimsHeld === 0
    ? 'They have claimed no requests.'
    : `The ${formatCount(Number(claimsHeld), 'request')} they have claimed can be claimed by others.`;
}
