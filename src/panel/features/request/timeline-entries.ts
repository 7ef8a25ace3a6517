import type { AssignedAccount, RequestDetails, RequestEvent, RequestNote, RequestView } from './types.js';

export type TimelineEntry = { key: string; at: string } & (
  | { kind: 'asked'; request: RequestDetails }
  | { kind: 'note'; note: RequestNote }
  | { kind: 'assigned'; account: AssignedAccount }
  | { kind: 'event'; event: RequestEvent }
);

/** Events that stand on the timeline as the request itself, its notes and its assignments. */
const replacedEventTypes = new Set(['lease_request.submitted', 'lease_request.noted', 'leased_account.assigned']);

/** Newest first. */
export function getTimelineEntries({ request, notes, assigned, events }: RequestView): TimelineEntry[] {
  const entries: TimelineEntry[] = [
    { kind: 'asked', key: request.id, at: request.submittedAt, request },
    ...notes.map((note): TimelineEntry => ({ kind: 'note', key: note.id, at: note.createdAt, note })),
    ...assigned.map((account): TimelineEntry => ({
      kind: 'assigned',
      key: account.leaseId,
      at: account.assignedAt,
      account,
    })),
    ...events
      .filter(({ type }) => !replacedEventTypes.has(type))
      .map((event): TimelineEntry => ({ kind: 'event', key: event.id, at: event.occurredAt, event })),
  ];
  return entries.sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || kindOrder[a.kind] - kindOrder[b.kind]);
}

/** Within one transaction the outcome stands above its cause. */
const kindOrder: Record<TimelineEntry['kind'], number> = { event: 0, assigned: 1, note: 2, asked: 3 };
