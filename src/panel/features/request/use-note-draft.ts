import { useState } from 'react';
import { withoutSaved } from '../../lib/saved-text.js';
import type { BlockerKind, NoteVisibility } from '../../lib/types.js';

export interface NoteDraft {
  body: string;
  visibility: NoteVisibility;
  blocker: BlockerKind | '';
  /** `YYYY-MM-DD`, or empty. */
  lookAgainOn: string;
}

const emptyDraft: NoteDraft = { body: '', visibility: 'internal', blocker: '', lookAgainOn: '' };
const drafts = new Map<string, NoteDraft>();

/** The note that is being written on a request. It outlives the page, until the tab is reloaded. */
export function useNoteDraft(leaseRequestId: string) {
  const [draft, setDraft] = useState(drafts.get(leaseRequestId) ?? emptyDraft);
  const save = (next: NoteDraft) => {
    drafts.set(leaseRequestId, next);
    setDraft(next);
  };
  return {
    draft,
    change: (change: Partial<NoteDraft>) => save({ ...(drafts.get(leaseRequestId) ?? emptyDraft), ...change }),
    /** Drops what was saved; text that was typed meanwhile stays. */
    drop: (saved: NoteDraft) => {
      const body = drafts.get(leaseRequestId)?.body ?? '';
      if (body === saved.body) return save(emptyDraft);
      save({ ...emptyDraft, visibility: saved.visibility, body: withoutSaved(body, saved.body) });
    },
  };
}
