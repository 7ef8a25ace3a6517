import type { AccountOverviewService } from '../../../account-pool/account-overview.service.js';
import type { ImportRun as ImportRunAnswer, ShownPreview } from '../../../account-pool/import/import-runs.service.js';
import type { Jsonified } from '../../lib/jsonified.js';

export type AccountOverview = Jsonified<Awaited<ReturnType<AccountOverviewService['overview']>>>;
export type AccountLease = AccountOverview['leases'][number];
/** How far an account's turnaround between two partners is. */
export type Turnaround = NonNullable<AccountOverview['rest']>;

/** What an import would do, or did; `rejected` and `newVerticals` are cut, their counts are not. */
export type ImportPreview = Jsonified<ShownPreview>;
export type ImportRun = Jsonified<ImportRunAnswer>;
