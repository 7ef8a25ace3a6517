import type { WalletOverviewService } from '../../../forecast/wallet-overview.service.js';
import type { Jsonified } from '../../lib/jsonified.js';

export type WalletOverview = Jsonified<Awaited<ReturnType<WalletOverviewService['overview']>>>;
export type WalletOutlook = WalletOverview['outlook'];
export type StatementLine = WalletOverview['statement']['lines'][number];
/** A movement that a second person has to decide on. */
export type PendingApproval = WalletOverview['waiting'][number];
