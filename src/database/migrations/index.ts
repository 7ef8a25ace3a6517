import { Partners1767225600001 } from './1-partners.js';
import { PoolAndRequests1767225600002 } from './2-pool-and-requests.js';
import { Ledger1767225600003 } from './3-ledger.js';
import { TrafficAndTrail1767225600004 } from './4-traffic-and-trail.js';
import { Staff1767225600005 } from './5-staff.js';
import { PanelViews1767225600006 } from './6-panel-views.js';
import { Console1767225600007 } from './7-console.js';
import { QueueAndFigures1767225600008 } from './8-queue-and-figures.js';
import { PoolDesk1767225600009 } from './9-pool-desk.js';
import { StaffAccounts1767225600010 } from './10-staff-accounts.js';
import { PlainHandles1767225600011 } from './11-plain-handles.js';
import { StaffStates1767225600012 } from './12-staff-states.js';
import { VerticalList1767225600013 } from './13-vertical-list.js';
import { FirstAssignments1767225600014 } from './14-first-assignments.js';
import { RequestIndexes1767225600015 } from './15-request-indexes.js';
import { LeaseAndMoneyIndexes1767225600016 } from './16-lease-and-money-indexes.js';
import { PoolIndexes1767225600017 } from './17-pool-indexes.js';
import { MonthsCovered1767225600018 } from './18-months-covered.js';
import { WokeByAdjustment1767225600019 } from './19-woke-by-adjustment.js';
import { Renewals1767225600020 } from './20-renewals.js';
import { Books1767225600021 } from './21-books.js';
import { BoundedLists1767225600022 } from './22-bounded-lists.js';
import { RealUse1767225600023 } from './23-real-use.js';
import { AuditActors1767225600024 } from './24-audit-actors.js';
import { RecordedAt1767225600025 } from './25-recorded-at.js';
import { ProposedBy1767225600026 } from './26-proposed-by.js';
import { RequestMetadata1767225600028 } from './28-request-metadata.js';
import { TextKeys1767225600029 } from './29-text-keys.js';
import { TextsByKey1767225600030 } from './30-texts-by-key.js';
import { WalletsByCommitment1767225600031 } from './31-wallets-by-commitment.js';
import { LargestAmounts1767225600032 } from './32-largest-amounts.js';
import { EarlierRequests1767225600034 } from './34-earlier-requests.js';
import { AmountsOfPayments1767225600036 } from './36-amounts-of-payments.js';
import { UnreadReplies1767225600037 } from './37-unread-replies.js';
import { Events1767225600040 } from './40-events.js';
import { Webhooks1767225600041 } from './41-webhooks.js';
import { LowWallets1767225600042 } from './42-low-wallets.js';
import { KeyRotation1767225600043 } from './43-key-rotation.js';
import { PartnerAuditLog1767225600044 } from './44-partner-audit-log.js';
import { Calls1767225600045 } from './45-calls.js';
import { Sandboxes1767225600046 } from './46-sandboxes.js';
import { SandboxClaims1767225600047 } from './47-sandbox-claims.js';
import { SandboxClocks1767225600048 } from './48-sandbox-clocks.js';
import { StaffAlerts1767225600050 } from './50-staff-alerts.js';
import { MonthCloseLock1767225600051 } from './51-month-close-lock.js';
import { LastKeptDay1767225600052 } from './52-last-kept-day.js';
import { LeasesByState1767225600055 } from './55-leases-by-state.js';
import { RequestsWithoutInventory1767225600056 } from './56-requests-without-inventory.js';

export const migrations = [
  Partners1767225600001,
  PoolAndRequests1767225600002,
  Ledger1767225600003,
  TrafficAndTrail1767225600004,
  Staff1767225600005,
  PanelViews1767225600006,
  Console1767225600007,
  QueueAndFigures1767225600008,
  PoolDesk1767225600009,
  StaffAccounts1767225600010,
  PlainHandles1767225600011,
  StaffStates1767225600012,
  VerticalList1767225600013,
  FirstAssignments1767225600014,
  RequestIndexes1767225600015,
  LeaseAndMoneyIndexes1767225600016,
  PoolIndexes1767225600017,
  MonthsCovered1767225600018,
  WokeByAdjustment1767225600019,
  Renewals1767225600020,
  Books1767225600021,
  BoundedLists1767225600022,
  RealUse1767225600023,
  AuditActors1767225600024,
  RecordedAt1767225600025,
  ProposedBy1767225600026,
  RequestMetadata1767225600028,
  TextKeys1767225600029,
  TextsByKey1767225600030,
  WalletsByCommitment1767225600031,
  LargestAmounts1767225600032,
  EarlierRequests1767225600034,
  AmountsOfPayments1767225600036,
  UnreadReplies1767225600037,
  Events1767225600040,
  Webhooks1767225600041,
  LowWallets1767225600042,
  KeyRotation1767225600043,
  PartnerAuditLog1767225600044,
  Calls1767225600045,
  Sandboxes1767225600046,
  SandboxClaims1767225600047,
  SandboxClocks1767225600048,
  StaffAlerts1767225600050,
  MonthCloseLock1767225600051,
  LastKeptDay1767225600052,
  LeasesByState1767225600055,
  RequestsWithoutInventory1767225600056,
];
