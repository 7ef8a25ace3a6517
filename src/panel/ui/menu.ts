import { useSelector } from 'react-redux';
import type { ReduxState } from 'adminjs';
import { toListPath, toPagePath } from '../lib/paths.js';
import type { IconName } from './icons.js';

interface MenuItem {
  /** Resource id or page name of AdminJS. */
  id: string;
  label: string;
  icon: IconName;
}

/** An item with its address. */
export interface MenuEntry extends MenuItem {
  href: string;
}

/** Groups of entries. */
const menu: MenuItem[][] = [
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
    { id: 'webhook-endpoints', label: 'Webhooks', icon: 'webhooks' },
    { id: 'webhook-deliveries', label: 'Deliveries', icon: 'deliveries' },
    { id: 'calls', label: 'Calls', icon: 'calls' },
    { id: 'wallets', label: 'Wallets', icon: 'wallets' },
    { id: 'renewals', label: 'Renewals', icon: 'renewals' },
    { id: 'ledger-transfers', label: 'Ledger', icon: 'ledger' },
    { id: 'month', label: 'Books', icon: 'books' },
  ],
  [
    { id: 'request-notes', label: 'Notes', icon: 'notes' },
    { id: 'audit-events', label: 'Audit log', icon: 'audit' },
    { id: 'staff', label: 'Staff', icon: 'staff' },
  ],
];

/** The menu's groups with what the staff member may see. */
export function useMenu(): MenuEntry[][] {
  const resources = useSelector((state: ReduxState) => state.resources);
  const pages = useSelector((state: ReduxState) => state.pages);

  const hrefs = new Map<string, string>();
  for (const page of pages) hrefs.set(page.name, toPagePath(page.name));
  for (const { id, resourceActions } of resources) {
    if (resourceActions.some((action) => action.name === 'list')) hrefs.set(id, toListPath(id));
  }

  // The search has a button of its own above.
  const placed = new Set(['search', ...menu.flat().map((item) => item.id)]);
  const further: MenuEntry[] = pages
    .filter((page) => !placed.has(page.name))
    .map((page) => ({ id: page.name, label: page.name, icon: 'page', href: toPagePath(page.name) }));
  const groups: MenuEntry[][] = menu.map((group) =>
    group.flatMap((item) => {
      const href = hrefs.get(item.id);
      return href ? [{ ...item, href }] : [];
    }),
  );
  return [...groups, further].filter((group) => group.length > 0);
}
