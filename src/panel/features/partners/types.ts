import type { PartnerOverviewService } from '../../../dashboard/partner-overview.service.js';
import type { Jsonified } from '../../lib/jsonified.js';

export type PartnerOverview = Jsonified<Awaited<ReturnType<PartnerOverviewService['overview']>>>;
export type PartnerKey = PartnerOverview['keys'][number];
export type PartnerWebhook = PartnerOverview['webhooks'][number];
export type PartnerCall = PartnerOverview['calls'][number];
export type OpenRequest = PartnerOverview['openRequests'][number];
export type PriceChange = PartnerOverview['priceChanges'][number];

/** The server counts open requests no further. */
export const MAX_COUNTED_REQUESTS = 1_000;
