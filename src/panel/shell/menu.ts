import type { IconName } from '../ui/icons.js';

export interface MenuItem {
  /** Resource id or page name of AdminJS. */
  id: string;
  label: string;
  icon: IconName;
}

/** Groups of entries. */
export const menu: MenuItem[][] = [
  [
    { id: 'queue', label: 'Queue', icon: 'queue' },
    { id: 'dashboard', label: 'Dashboard', icon: 'dashboard' },
    { id: 'lease-requests', label: 'Requests', icon: 'requests' },
    { id: 'social-accounts', label: 'Pool', icon: 'pool' },
    { id: 'verticals', label: 'Verticals', icon: 'verticals' },
    { id: 'leases', label: 'Leases', icon: 'leases' },
  ],
  [
    { id: 'organizations', label: 'Partners', icon: 'partners' },
    { id: 'projects', label: 'Projects', icon: 'projects' },
    { id: 'api-keys', label: 'API keys', icon: 'keys' },
    { id: 'wallets', label: 'Wallets', icon: 'wallets' },
    { id: 'renewals', label: 'Renewals', icon: 'renewals' },
    { id: 'ledger-transfers', label: 'Ledger', icon: 'ledger' },
    { id: 'month', label: 'Books', icon: 'books' },
  ],
  [
    { id: 'request-notes', label: 'Notes', icon: 'notes' },
    { id: 'audit-events', label: 'Audit', icon: 'audit' },
    { id: 'staff', label: 'Staff', icon: 'staff' },
  ],
];
