import React, { useEffect, useId } from 'react';
import { postRecordAction, type ActionAnswer } from '../../lib/actions.js';
import { isComposing } from '../../lib/composing.js';
import { blockerNames, blockerOptions, getTone } from '../../lib/format.js';
import type { BlockerKind } from '../../lib/types.js';
import { useAction } from '../../lib/use-action.js';
import { DayInput } from '../../ui/day-input.js';
import { Alert, Card, Chip } from '../../ui/elements.js';
import type { RequestDetails } from './types.js';
import type { NoteDraft } from './use-note-draft.js';
import { getRequestMutationKey } from './use-request.js';

interface NoteComposerProps {
  request: RequestDetails;
  draft: NoteDraft;
  onChange: (change: Partial<NoteDraft>) => void;
  onSaved: (answer: ActionAnswer, saved: NoteDraft) => void;
  field: React.RefObject<HTMLTextAreaElement | null>;
}

const MAX_LENGTH = 2000;
const SHOWS_LEFT_FROM = MAX_LENGTH - 200;

/** Brings the whole form of the field into view, after the next layout. */
export function scrollToComposer(field: HTMLElement | null): void {
  requestAnimationFrame(() => field?.closest('.lc-composer')?.scrollIntoView({ block: 'nearest' }));
}

/** Notes are internal unless chosen otherwise. For the partner it shows what the partner will read. */
export const NoteComposer: React.FC<NoteComposerProps> = ({ request, draft, onChange, onSaved, field }) => {
  const ids = { body: useId(), blocker: useId() };
  const isOpen = request.status === 'requested';
  const isForPartner = draft.visibility === 'partner';
  const length = [...draft.body].length;
  const isReady = draft.body.trim() !== '' && length <= MAX_LENGTH;
  const { run, isPending, error } = useAction((written: NoteDraft) => saveNote(request, written), {
    mutationKey: getRequestMutationKey(request.id),
    onRefreshed: onSaved,
  });
  // The error makes the form longer than the window.
  useEffect(() => {
    if (error) scrollToComposer(field.current);
  }, [error, field]);

  return (
    <Card
      className="lc-composer"
      title="Note"
      aside={
        <span className="lc-seg" role="group" aria-label="Visibility">
          <button type="button" aria-pressed={!isForPartner} onClick={() => onChange({ visibility: 'internal' })}>
            Internal
          </button>
          <button type="button" aria-pressed={isForPartner} onClick={() => onChange({ visibility: 'partner' })}>
            Visible to partner
          </button>
        </span>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !isPending) run(draft);
        }}
      >
        <span className="lc-visually-hidden" role="status">
          {isForPartner ? 'The partner will see this note.' : 'Internal note: only colleagues see it.'}
        </span>
        <label htmlFor={ids.body} className="lc-visually-hidden">
          {isForPartner ? 'Note to the partner' : 'Internal note'}
        </label>
        <textarea
          id={ids.body}
          ref={field as React.RefObject<HTMLTextAreaElement>}
          className="lc-input"
          rows={3}
          value={draft.body}
          placeholder={`${isForPartner ? 'What should the partner know?' : 'What should the next colleague know?'} (Esc, then n, makes it ${isForPartner ? 'internal' : 'visible to the partner'})`}
          aria-invalid={length > MAX_LENGTH || undefined}
          onChange={(event) => onChange({ body: event.target.value })}
          onKeyDown={(event) => {
            if (isComposing(event.nativeEvent)) return;
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
        />
        {length > SHOWS_LEFT_FROM && <div className="lc-hint">{MAX_LENGTH - length} characters left</div>}
        {isForPartner && <PartnerPreview draft={draft} />}
        {error && <Alert>{error}</Alert>}
        <div className="lc-row lc-composer-foot">
          {isOpen && (
            <BlockerFields id={ids.blocker} draft={draft} hasBlocker={request.blocker !== null} onChange={onChange} />
          )}
          <button type="submit" className="lc-btn small lc-last" disabled={isPending || !isReady}>
            {isPending ? 'Saving…' : isForPartner ? 'Send to the partner' : 'Add'}
          </button>
        </div>
      </form>
    </Card>
  );
};

/** A closed request takes no blocker any more. */
function saveNote({ id, status, version }: RequestDetails, draft: NoteDraft): Promise<ActionAnswer> {
  const { body, visibility, blocker, lookAgainOn } = draft;
  const setsBlocker = blocker !== '' && status === 'requested';
  return postRecordAction('lease-requests', id, 'note', {
    body,
    visibility,
    ...(setsBlocker && { blocker, version, ...(lookAgainOn && { lookAgainOn }) }),
  });
}

interface BlockerFieldsProps {
  id: string;
  draft: NoteDraft;
  hasBlocker: boolean;
  onChange: (change: Partial<NoteDraft>) => void;
}

const BlockerFields: React.FC<BlockerFieldsProps> = ({ id, draft, hasBlocker, onChange }) => (
  <>
    <label htmlFor={id} className="lc-visually-hidden">
      Blocker that this note sets
    </label>
    <select
      id={id}
      className="lc-select"
      value={draft.blocker}
      onChange={(event) => onChange({ blocker: event.target.value as BlockerKind | '' })}
    >
      <option value="">Blocker: {hasBlocker ? 'leave as it is' : 'none'}</option>
      {blockerOptions.map(([kind, name]) => (
        <option key={kind} value={kind}>
          {name}
        </option>
      ))}
    </select>
    {draft.blocker !== '' && (
      <span className="lc-again" title="The blocker ends automatically on that day">
        <span className="lc-faint">look again</span>
        <DayInput
          label="Look again on"
          value={draft.lookAgainOn}
          onChange={(lookAgainOn) => onChange({ lookAgainOn })}
        />
      </span>
    )}
  </>
);

const PartnerPreview: React.FC<{ draft: NoteDraft }> = ({ draft }) => (
  <div className="lc-partner-preview" aria-live="polite">
    <div className="lc-faint">What the partner will see</div>
    <div className="lc-quote partner">
      {draft.body.trim() === '' ? (
        <span className="lc-faint">nothing yet</span>
      ) : (
        <span className="lc-prose">{draft.body}</span>
      )}
      {draft.blocker !== '' && (
        <div className="lc-quote-foot">
          blocked by <Chip tone={getTone(draft.blocker)}>{blockerNames[draft.blocker]}</Chip>
        </div>
      )}
    </div>
  </div>
);
