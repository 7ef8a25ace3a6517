import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ComponentLoader } from 'adminjs';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'components');
const file = (name: string) => path.join(folder, name);

/** Everything of ours that the browser runs; the build bundles it (`bundle.ts`). */
export const componentLoader = new ComponentLoader();

/** Components that pages and actions name. */
export const Components = {
  /** The page `queue`, where one lands too. */
  Queue: componentLoader.add('Queue', file('queue/queue-page')),
  /** The page `dashboard`. */
  Dashboard: componentLoader.add('ShiftHandover', file('dashboard/dashboard-page')),
  /** The page `renewals`. */
  Renewals: componentLoader.add('Renewals', file('renewals/renewals-page')),
  /** The page `search`; the frame's own search asks the same. */
  Search: componentLoader.add('Search', file('search/search-page')),
  /** The page `month`. */
  Month: componentLoader.add('Month', file('month/month-page')),
  /** `lease-requests`: `fulfil` and `show`. */
  FulfilRequest: componentLoader.add('FulfilRequest', file('request/fulfil-action')),
  /** Actions that need a yes and nothing else: `kill`, `resume`, `revoke`, `suspend`. */
  ConfirmDeed: componentLoader.add('ConfirmDeed', file('records/confirm-deed')),
  /** `wallets`: `topUp`, `adjust`, `payout`, `reverseTopUp`. */
  TopUp: componentLoader.add('TopUp', file('records/top-up')),
  Adjust: componentLoader.add('Adjust', file('records/adjust')),
  Payout: componentLoader.add('Payout', file('records/payout')),
  ReverseTopUp: componentLoader.add('ReverseTopUp', file('records/reverse-top-up')),
  /** The pages of a wallet, a partner, an account and an event of the trail. */
  Wallet: componentLoader.add('Wallet', file('wallets/wallet-page')),
  Partner: componentLoader.add('Partner', file('partners/partner-page')),
  SuspendPartner: componentLoader.add('SuspendPartner', file('partners/suspend-partner')),
  Account: componentLoader.add('Account', file('pool/account-page')),
  AuditEvent: componentLoader.add('AuditEvent', file('records/audit-event')),
  /** `social-accounts`: `import`. */
  ImportAccounts: componentLoader.add('ImportAccounts', file('pool/import-page')),
  /** `verticals`: `addSynonym` and `standFor`; `forgetSynonym`. */
  VerticalWord: componentLoader.add('VerticalWord', file('pool/vertical-word')),
  ForgetSynonym: componentLoader.add('ForgetSynonym', file('pool/forget-synonym')),
  /** `staff`: `invite`. */
  InviteColleague: componentLoader.add('InviteColleague', file('staff/invite')),
  /** `leases`: `disconnect`. */
  Disconnect: componentLoader.add('Disconnect', file('records/disconnect')),
};

/** AdminJS's own frame and plain pages, in the look of ours. */
const replaced = {
  Sidebar: 'frame/sidebar',
  TopBar: 'frame/nothing',
  Footer: 'frame/page-keys',
  Version: 'frame/nothing',
  Login: 'frame/login',
  NoticeBox: 'frame/notices',
  RouteWrapper: 'frame/page-frame',
  ResourceRoute: 'records/list-page',
  PageRoute: 'frame/page-route',
  ResourceActionRoute: 'records/action-route',
  RecordActionRoute: 'records/record-route',
  ActionHeader: 'records/action-header',
  DefaultListAction: 'records/list',
  DefaultShowAction: 'records/show',
  DefaultNewAction: 'records/form',
  DefaultEditAction: 'records/form',
} as const;

for (const [name, place] of Object.entries(replaced))
  componentLoader.override(name as keyof typeof replaced, file(place));
