import type { IconName } from './icons.js';

export interface MenuItem {
  /** Resource id or page name of AdminJS; what this staff member may not see is not in its state and so not in the menu. */
  id: string;
  label: string;
  icon: IconName;
}

/** The sidebar: the daily work first, then money and partners, then the house itself. */
export const menu: { title: string; items: MenuItem[] }[] = [
  {
    title: 'Work',
    items: [
      { id: 'queue', label: 'Queue', icon: 'queue' },
      { id: 'dashboard', label: 'Dashboard', icon: 'dashboard' },
      { id: 'lease-requests', label: 'Requests', icon: 'requests' },
      { id: 'social-accounts', label: 'Pool', icon: 'pool' },
      { id: 'verticals', label: 'Verticals', icon: 'verticals' },
      { id: 'leases', label: 'Leases', icon: 'leases' },
    ],
  },
  {
    title: 'Partners and money',
    items: [
      { id: 'organizations', label: 'Partners', icon: 'partners' },
      { id: 'projects', label: 'Projects', icon: 'projects' },
      { id: 'api-keys', label: 'API keys', icon: 'keys' },
      { id: 'wallets', label: 'Wallets', icon: 'wallets' },
      { id: 'renewals', label: 'Renewals', icon: 'renewals' },
      { id: 'ledger-transfers', label: 'Ledger', icon: 'ledger' },
      { id: 'month', label: 'Books', icon: 'books' },
    ],
  },
  {
    title: 'House',
    items: [
      { id: 'request-notes', label: 'Notes', icon: 'notes' },
      { id: 'audit-events', label: 'Audit', icon: 'audit' },
      { id: 'staff', label: 'Staff', icon: 'staff' },
    ],
  },
];
