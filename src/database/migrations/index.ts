import { Partners1767225600001 } from './1-partners.js';
import { PoolAndRequests1767225600002 } from './2-pool-and-requests.js';
import { Ledger1767225600003 } from './3-ledger.js';
import { TrafficAndTrail1767225600004 } from './4-traffic-and-trail.js';
import { Staff1767225600005 } from './5-staff.js';
import { PanelViews1767225600006 } from './6-panel-views.js';

export const migrations = [
  Partners1767225600001,
  PoolAndRequests1767225600002,
  Ledger1767225600003,
  TrafficAndTrail1767225600004,
  Staff1767225600005,
  PanelViews1767225600006,
];
