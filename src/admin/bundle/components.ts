import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ComponentLoader } from 'adminjs';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../panel');
const file = (name: string) => path.join(folder, name);

/** Everything of ours that the browser runs; the build bundles it (`bundle.ts`). */
export const componentLoader = new ComponentLoader();

/** Components that pages and actions name. */
export const Components = {
  /** The page `queue`, where one lands too. */
  Queue: componentLoader.add('Queue', file('features/queue/queue-page')),
  /** The page `dashboard`. */
  Dashboard: componentLoader.add('ShiftHandover', file('features/dashboard/dashboard-page')),
  /** The page `renewals`. */
  Renewals: componentLoader.add('Renewals', file('features/renewals/renewals-page')),
  /** The page `search`; the frame's own search asks the same. */
  Search: componentLoader.add('Search', file('features/search/search-page')),
  /** The page `month`. */
  Month: componentLoader.add('Month', file('features/month/month-page')),
  /** `lease-requests`: `fulfil` and `show`. */
  FulfilRequest: componentLoader.add('FulfilRequest', file('features/request/fulfil-action')),
  /** Actions that need a yes and nothing else: `kill`, `resume`, `revoke`, `suspend`. */
  ConfirmDeed: componentLoader.add('ConfirmDeed', file('features/records/confirm-action')),
  /** `wallets`: `topUp`, `adjust`, `payout`, `reverseTopUp`. */
  TopUp: componentLoader.add('TopUp', file('features/records/top-up')),
  Adjust: componentLoader.add('Adjust', file('features/records/adjust')),
  Payout: componentLoader.add('Payout', file('features/records/payout')),
  ReverseTopUp: componentLoader.add('ReverseTopUp', file('features/records/reverse-top-up')),
  /** The pages of a wallet, a partner, an account and an event of the trail. */
  Wallet: componentLoader.add('Wallet', file('features/wallets/wallet-page')),
  Partner: componentLoader.add('Partner', file('features/partners/partner-page')),
  SuspendPartner: componentLoader.add('SuspendPartner', file('features/partners/suspend-partner')),
  Account: componentLoader.add('Account', file('features/pool/account-page')),
  AuditEvent: componentLoader.add('AuditEvent', file('features/records/audit-event')),
  /** `social-accounts`: `import`. */
  ImportAccounts: componentLoader.add('ImportAccounts', file('features/pool/import-page')),
  /** `verticals`: `addSynonym` and `standFor`; `forgetSynonym`. */
  VerticalWord: componentLoader.add('VerticalWord', file('features/pool/vertical-word')),
  ForgetSynonym: componentLoader.add('ForgetSynonym', file('features/pool/forget-synonym')),
  /** `staff`: `invite`. */
  InviteColleague: componentLoader.add('InviteColleague', file('features/staff/invite')),
  /** `leases`: `disconnect`. */
  Disconnect: componentLoader.add('Disconnect', file('features/records/disconnect')),
};

/** AdminJS's own frame and plain pages, in the look of ours. */
const replaced = {
  Sidebar: 'shell/sidebar',
  TopBar: 'shell/empty',
  Footer: 'shell/page-keys',
  Login: 'shell/login',
  NoticeBox: 'shell/notices',
  RouteWrapper: 'shell/page-frame',
  ResourceRoute: 'features/records/list-page',
  PageRoute: 'shell/page-route',
  ResourceActionRoute: 'features/records/action-route',
  RecordActionRoute: 'features/records/record-route',
  ActionHeader: 'features/records/action-header',
  DefaultListAction: 'features/records/list',
  DefaultShowAction: 'features/records/show',
  DefaultNewAction: 'features/records/form',
  DefaultEditAction: 'features/records/form',
} as const;

for (const [name, place] of Object.entries(replaced))
  componentLoader.override(name as keyof typeof replaced, file(place));
