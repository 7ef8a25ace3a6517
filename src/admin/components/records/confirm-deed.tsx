import React from 'react';
import type { ActionProps, RecordJSON } from 'adminjs';
import { DeedPage } from './deed-page.js';

interface Question {
  title: (name: string) => string;
  consequences: (record: RecordJSON) => string[];
  confirm: string;
  danger?: boolean;
}

const questions: Record<string, Question> = {
  'api-keys.kill': {
    title: (name) => `Kill the key ${name}?`,
    consequences: () => [
      'Its very next call is refused, and every one after it (503, kill switch).',
      'Nothing else changes: open requests and leases go on. The key can be resumed at any time.',
    ],
    confirm: 'Kill the key',
    danger: true,
  },
  'api-keys.resume': {
    title: (name) => `Resume the key ${name}?`,
    consequences: () => ['It works again from its next call on.'],
    confirm: 'Resume the key',
  },
  'api-keys.revoke': {
    title: (name) => `Revoke the key ${name}?`,
    consequences: () => [
      'It never works again (401); this cannot be taken back. Kill it instead if it may be needed later.',
      'Open requests and leases go on; the partner needs another key to reach them.',
    ],
    confirm: 'Revoke for good',
    danger: true,
  },
  'organizations.suspend': {
    title: (name) => `Suspend ${name}?`,
    consequences: () => [
      'All its API calls are refused at once (503, kill switch), and nothing new can be assigned to it.',
      'Its leases stay, renew and are charged as before.',
    ],
    confirm: 'Suspend the partner',
    danger: true,
  },
  'organizations.resume': {
    title: (name) => `Resume ${name}?`,
    consequences: () => ['Its API calls are answered again, and accounts can be assigned to it.'],
    confirm: 'Resume the partner',
  },
  'social-accounts.quarantine': {
    title: (name) => `Quarantine ${name}?`,
    consequences: () => ['It is offered to nobody until somebody makes it available again.'],
    confirm: 'Quarantine',
    danger: true,
  },
};

/** A yes or no before something that needs no further answers: kill, resume, revoke, suspend. */
const ConfirmDeed: React.FC<ActionProps> = ({ resource, record, action }) => {
  if (!record) return null;
  const question = questions[`${resource.id}.${action.name}`] ?? {
    title: (name: string) => `${action.label}: ${name}?`,
    consequences: () => [],
    confirm: action.label,
  };
  return (
    <DeedPage
      resource={resource}
      record={record}
      deed={action.name}
      title={question.title(record.title)}
      consequences={question.consequences(record)}
      confirm={question.confirm}
      danger={question.danger}
      body={() => ({})}
    />
  );
};

export default ConfirmDeed;
