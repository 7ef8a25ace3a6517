import type { QueuePage as QueuePageAnswer } from '../../queue/queue.service.js';
import type { Jsonified } from './jsonified.js';

/** What the panel's API answers: the server's own types as JSON carries them. Times are ISO 8601 in UTC, money is whole cents. */
export type QueuePage = Jsonified<QueuePageAnswer>;
export type QueueRow = QueuePage['rows'][number];

export type { QueueView } from '../../queue/queue-query.js';
export type {
  BlockerKind,
  LeaseRequestStatus,
  NoteVisibility,
  OutcomeReason,
  UnblockReason,
} from '../../lease-requests/lease-request-status.js';
