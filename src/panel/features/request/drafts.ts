import { useState } from 'react';
import type { BlockerKind } from '../../lib/types.js';

export interface NoteDraft {
  body: string;
  visibility: 'internal' | 'partner';
  blocker: BlockerKind | '';
  /** `YYYY-MM-DD`, or empty. */
  lookAgainOn: string;
}

const empty: NoteDraft = { body: '', visibility: 'internal', blocker: '', lookAgainOn: '' };
const drafts = new Map<string, NoteDraft>();

/** A note being written; it outlives a look at another page of the console. */
export function useDraft(requestId: string): [NoteDraft, (change: Partial<NoteDraft>) => void, () => void] {
  const [draft, setDraft] = useState(drafts.get(requestId) ?? empty);
  const keep = (next: NoteDraft) => {
    drafts.set(requestId, next);
    setDraft(next);
  };
  return [draft, (change) => keep({ ...(drafts.get(requestId) ?? empty), ...change }), () => keep(empty)];
}
