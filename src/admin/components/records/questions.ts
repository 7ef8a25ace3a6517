/** What is asked before something is done to a record. */
export interface Question {
  title: (name: string) => string;
  consequences: string[];
  confirm: string;
  danger?: boolean;
  /** The deed also takes a reason, which may be left out. */
  takesReason?: boolean;
}

const questions: Record<string, Question> = {
  'api-keys.kill': {
    title: (name) => `Kill the key ${name}?`,
    consequences: [
      'Its very next call is refused, and every one after it (503, kill switch).',
      'Nothing else changes: open requests and leases go on. The key can be resumed at any time.',
    ],
    confirm: 'Kill the key',
    danger: true,
  },
  'api-keys.resume': {
    title: (name) => `Resume the key ${name}?`,
    consequences: ['It works again from its next call on.'],
    confirm: 'Resume the key',
  },
  'api-keys.revoke': {
    title: (name) => `Revoke the key ${name}?`,
    consequences: [
      'It never works again (401); this cannot be taken back. Kill it instead if it may be needed later.',
      'Open requests and leases go on; the partner needs another key to reach them.',
    ],
    confirm: 'Revoke for good',
    danger: true,
  },
  'organizations.suspend': {
    title: (name) => `Suspend ${name}?`,
    consequences: [
      'All its API calls are refused at once (503, kill switch), and nothing new can be assigned to it.',
      'Its leases stay, renew and are charged as before.',
    ],
    confirm: 'Suspend the partner',
    danger: true,
  },
  'organizations.resume': {
    title: (name) => `Resume ${name}?`,
    consequences: ['Its API calls are answered again, and accounts can be assigned to it.'],
    confirm: 'Resume the partner',
  },
  'social-accounts.quarantine': {
    title: (name) => `Quarantine ${name}?`,
    consequences: ['It is offered to nobody until somebody makes it available again.'],
    confirm: 'Quarantine',
    danger: true,
    takesReason: true,
  },
  'social-accounts.delete': {
    title: (name) => `Take ${name} out of the pool?`,
    consequences: ['This cannot be taken back. An account that was ever leased stays, for its history.'],
    confirm: 'Delete the account',
    danger: true,
  },
  'staff.setPassword': {
    title: (name) => `Give ${name} a new password?`,
    consequences: ['A new one is made and shown once.', 'All their sessions end; they sign in with it.'],
    confirm: 'Make a new password',
  },
};

/** The question before a deed; one without words of its own is asked by its label. */
export function questionFor(resourceId: string, actionName: string, label: string): Question {
  return (
    questions[`${resourceId}.${actionName}`] ?? {
      title: (name) => `${label}: ${name}?`,
      consequences: [],
      confirm: label,
    }
  );
}
