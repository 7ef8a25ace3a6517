import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ComponentLoader } from 'adminjs';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../panel');
const file = (name: string) => path.join(folder, name);

/** The entry points of `src/panel`; the build bundles them. */
export const componentLoader = new ComponentLoader();

/** Components that pages and actions name. */
export const Components = {
  /** The page `queue`, and the landing page. */
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
  FulfilRequest: componentLoader.add('FulfilRequest', file('features/request/request-action')),
  /** Actions that need at most a reason or a typed name: `kill`, `resume`, `revoke`, `quarantine`, `release`. */
  ConfirmAction: componentLoader.add('ConfirmAction', file('features/records/confirm-action')),
  /** `wallets`: `topUp`, `adjust`, `payout`, `reverseTopUp`. */
  TopUp: componentLoader.add('TopUp', file('features/wallets/top-up')),
  Adjust: componentLoader.add('Adjust', file('features/wallets/adjust')),
  Payout: componentLoader.add('Payout', file('features/wallets/payout')),
  ReverseTopUp: componentLoader.add('ReverseTopUp', file('features/wallets/reverse-top-up')),
  /** The pages of a wallet, a partner, an account and an audit event. */
  Wallet: componentLoader.add('Wallet', file('features/wallets/wallet-page')),
  Partner: componentLoader.add('Partner', file('features/partners/partner-page')),
  SuspendPartner: componentLoader.add('SuspendPartner', file('features/partners/suspend-partner')),
  /** `api-keys`: `rotate`. */
  RotateKey: componentLoader.add('RotateKey', file('features/partners/rotate-key')),
  CreateSandbox: componentLoader.add('CreateSandbox', file('features/partners/create-sandbox')),
  Account: componentLoader.add('Account', file('features/pool/account-page')),
  AuditEvent: componentLoader.add('AuditEvent', file('features/records/audit-event')),
  /** `social-accounts`: `import`. */
  ImportAccounts: componentLoader.add('ImportAccounts', file('features/pool/import-page')),
  /** `verticals`: `addSynonym` and `standFor`; `forgetSynonym`. */
  AddSynonym: componentLoader.add('AddSynonym', file('features/pool/add-synonym')),
  ForgetSynonym: componentLoader.add('ForgetSynonym', file('features/pool/forget-synonym')),
  /** `staff`: `invite`. */
  InviteColleague: componentLoader.add('InviteColleague', file('features/staff/invite')),
  /** `webhook-endpoints`: `replay`. */
  ReplayDeliveries: componentLoader.add('ReplayDeliveries', file('features/webhooks/replay-deliveries')),
  /** `leases`: `disconnect`. */
  Disconnect: componentLoader.add('Disconnect', file('features/records/disconnect')),
};

/** AdminJS's own components that ours replace. */
const overridden = {
  Application: 'shell/application',
  Sidebar: 'shell/sidebar',
  TopBar: 'shell/empty',
  Footer: 'shell/frame-keys',
  Login: 'features/sign-in/login-page',
  NoticeBox: 'ui/toasts',
  RouteWrapper: 'shell/page-frame',
  ResourceRoute: 'shell/routes/list-route',
  PageRoute: 'shell/routes/page-route',
  ResourceActionRoute: 'shell/routes/action-route',
  RecordActionRoute: 'shell/routes/record-route',
  ActionHeader: 'features/records/action-header',
  DefaultListAction: 'features/records/list',
  DefaultShowAction: 'features/records/show',
  DefaultNewAction: 'features/records/form',
  DefaultEditAction: 'features/records/form',
} as const;

for (const [name, place] of Object.entries(overridden))
  componentLoader.override(name as keyof typeof overridden, file(place));
