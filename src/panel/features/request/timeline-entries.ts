import type { AssignedAccount, Fulfil, NoteView, RequestDetails, TrailEvent } from '../../lib/types.js';

export type Entry = { key: string; at: string } & (
  | { kind: 'asked'; request: RequestDetails }
  | { kind: 'note'; note: NoteView }
  | { kind: 'assigned'; account: AssignedAccount }
  | { kind: 'event'; event: TrailEvent }
);

/** These stand on the line in a fuller form: the request itself, its notes and its assignments. */
const toldOtherwise = new Set(['lease_request.submitted', 'lease_request.noted', 'leased_account.assigned']);

/** Everything that happened to a request, newest first. */
export function entriesOf({ request, notes, assigned, events }: Fulfil): Entry[] {
  const entries: Entry[] = [
    { kind: 'asked', key: request.id, at: request.submittedAt, request },
    ...notes.map((note): Entry => ({ kind: 'note', key: note.id, at: note.createdAt, note })),
    ...assigned.map((account): Entry => ({ kind: 'assigned', key: account.leaseId, at: account.assignedAt, account })),
    ...events
      .filter((event) => !toldOtherwise.has(event.type))
      .map((event): Entry => ({ kind: 'event', key: event.id, at: event.occurredAt, event })),
  ];
  return entries.sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || order[a.kind] - order[b.kind]);
}

/** Of what happened in one transaction, the outcome stands above its cause. */
const order: Record<Entry['kind'], number> = { event: 0, assigned: 1, note: 2, asked: 3 };
