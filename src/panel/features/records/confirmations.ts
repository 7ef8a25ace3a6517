import { sentence } from '../../../core/sentence.js';
import { formatCount } from '../../lib/format.js';

type Params = Record<string, unknown>;

/** What staff confirm before an action on a record. */
export interface Confirmation {
  title: (name: string) => string;
  consequences: string[] | ((params: Params) => string[]);
  confirm: string;
  danger?: boolean;
  needsReason?: boolean;
  /** The property of the record that is typed to confirm. */
  typedName?: { property: string; what: string };
}

const confirmations: Record<string, Confirmation> = {
  'api-keys.kill': {
    title: (name) => sentence`Kill the key ${name}?`,
    consequences: [
      'Its very next call is refused, and every one after it (503, kill switch).',
      'Nothing else changes: open requests and leases go on. The key can be resumed at any time.',
    ],
    confirm: 'Kill the key',
    danger: true,
    typedName: { property: 'prefix', what: 'its prefix' },
  },
  'api-keys.resume': {
    title: (name) => sentence`Resume the key ${name}?`,
    consequences: ['It works again from its next call on.'],
    confirm: 'Resume the key',
  },
  'api-keys.revoke': {
    title: (name) => sentence`Revoke the key ${name}?`,
    consequences: [
      'It never works again (401); this cannot be taken back. Kill it instead if it may be needed later.',
      'Open requests and leases go on; the partner needs another key to reach them.',
    ],
    confirm: 'Revoke for good',
    danger: true,
    typedName: { property: 'prefix', what: 'its prefix' },
  },
  'leases.release': {
    title: (name) => sentence`Release ${name} on the partner’s behalf?`,
    consequences: [
      'The lease ends now, as if the partner had released it; nothing is refunded, and nothing is charged for it any more.',
      'The account goes back to the pool, with its turnaround list to tick.',
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
    consequences: ['It is offered to nobody until somebody makes it available again.'],
    confirm: 'Quarantine',
    danger: true,
    needsReason: true,
  },
  'social-accounts.delete': {
    title: (name) => sentence`Take ${name} out of the pool?`,
    consequences: ['This cannot be taken back. An account that was ever leased stays, for its history.'],
    confirm: 'Delete the account',
    danger: true,
  },
  'staff.reset': {
    title: (name) => sentence`Make a link for ${name} to choose a new password?`,
    consequences: (params) => [
      'It works once, for 24 hours, and takes the place of any link made before.',
      `Until it is used, their present password works; then their sessions end${describeOpenSessions(params)}.`,
    ],
    confirm: 'Make the link',
  },
  'staff.inviteAgain': {
    title: (name) => sentence`Make another invitation link for ${name}?`,
    consequences: ['It works once, for 24 hours, and takes the place of the link made before.'],
    confirm: 'Make the link',
  },
  'staff.disable': {
    title: (name) => sentence`Disable ${name}?`,
    consequences: (params) => [
      `Their sessions end at once${describeOpenSessions(params)}, and nobody can sign in to the account.`,
      `${describeClaims(params)} What they did stays on the trail.`,
      'An open link of theirs is worth nothing any more. The account can be enabled again at any time.',
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
      `Their app and recovery codes sign nobody in any more, and their sessions end${describeOpenSessions(params)}.`,
      'Until they set up another, the password alone signs them in; be sure that it is they who asked.',
    ],
    confirm: 'Reset the second factor',
    danger: true,
  },
  'staff.setPassword': {
    title: (name) => sentence`Give ${name} a new password?`,
    consequences: (params) => [
      'A new one is made and shown once.',
      `Their sessions end${describeOpenSessions(params)}; they sign in with it.`,
    ],
    confirm: 'Make a new password',
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
    ? 'They hold no request.'
    : `The ${formatCount(Number(claimsHeld), 'request')} that they hold can be claimed by others.`;
}
