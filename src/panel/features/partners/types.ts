import type { BlockerKind } from '../../lib/types.js';
import type { Outlook } from '../wallets/types.js';

/** What `organizations` → `overview` answers. Times are ISO 8601 in UTC, money is whole cents. */
export interface PartnerOverview {
  outlook: Outlook;
  projects: { id: string; name: string; createdAt: string; liveLeases: number; openRequests: number }[];
  keys: PartnerKey[];
  openRequests: OpenRequest[];
  /** Beyond 1,000 it is 1,001. */
  openRequestCount: number;
  leases: {
    id: string;
    handle: string;
    status: string;
    priceCents: number;
    assignedAt: string;
    nextRenewalAt: string | null;
    /** While it is past due. */
    disconnectsAt: string | null;
  }[];
  events: { id: string; type: string; occurredAt: string; actorKind: string; actorName: string }[];
  priceChanges: PriceChange[];
}

/** Another price for later assignments; null is the house's. */
export interface PriceChange {
  id: string;
  occurredAt: string;
  actorName: string;
  reason: string | null;
  beforeCents: number | null;
  afterCents: number | null;
}

export interface PartnerKey {
  id: string;
  name: string;
  prefix: string;
  status: 'active' | 'killed' | 'revoked';
  env: string;
  scopes: string[];
  tier: string;
  createdAt: string;
  lastUsedAt: string | null;
  killedBy: string | null;
}

export interface OpenRequest {
  id: string;
  requestId: string;
  vertical: string;
  language: string | null;
  count: number;
  assignedCount: number;
  blocker: BlockerKind | null;
  submittedAt: string;
}
