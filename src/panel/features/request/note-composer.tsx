import React, { useEffect, useId, useRef, useState } from 'react';
import type { Outcome } from '../../lib/api.js';
import { DayInput } from '../../ui/day-input.js';
import { Alert, Card, Chip } from '../../ui/elements.js';
import type { Blocker, BlockerKind } from '../../lib/types.js';
import { blockerNames, toneOf } from '../../lib/format.js';
import type { NoteDraft } from './drafts.js';

interface NoteComposerProps {
  draft: NoteDraft;
  onChange: (change: Partial<NoteDraft>) => void;
  /** `told` is what the server says of it. */
  onSaved: (told: string) => void;
  save: (draft: NoteDraft) => Promise<Outcome>;
  /** A closed request takes no blocker any more. */
  open: boolean;
  current: Blocker | null;
  field: React.RefObject<HTMLTextAreaElement | null>;
}

const longest = 2000;

/** Brings the whole form of the field into view, once what has just changed in it is laid out. */
export function showComposer(field: HTMLElement | null): void {
  requestAnimationFrame(() => field?.closest('.lc-composer')?.scrollIntoView({ block: 'nearest' }));
}

/** Notes open as internal. Before a partner-visible one is saved it shows what the partner will read. */
export const NoteComposer: React.FC<NoteComposerProps> = (props) => {
  const { draft, onChange, onSaved, save, open, current, field } = props;
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const inFlight = useRef(false);
  const ids = { body: useId(), blocker: useId() };
  const forPartner = draft.visibility === 'partner';
  const length = [...draft.body].length;
  // What makes the form longer would else stand below the window.
  useEffect(() => {
    if (refusal) showComposer(field.current);
  }, [refusal, field]);
  const ready = draft.body.trim() !== '' && length <= longest;

  const submit = async () => {
    if (inFlight.current || !ready) return;
    inFlight.current = true;
    setBusy(true);
    setRefusal(null);
    const outcome = await save(draft);
    inFlight.current = false;
    setBusy(false);
    if (outcome.done) onSaved(outcome.answer.notice?.message ?? 'Noted.');
    else setRefusal(outcome.sentence);
  };

  return (
    <Card
      className="lc-composer"
      title="Note"
      aside={
        <span className="lc-seg" role="group" aria-label="Who reads it">
          <button type="button" aria-pressed={!forPartner} onClick={() => onChange({ visibility: 'internal' })}>
            Internal
          </button>
          <button type="button" aria-pressed={forPartner} onClick={() => onChange({ visibility: 'partner' })}>
            Partner reads it
          </button>
        </span>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit();
        }}
      >
        <label htmlFor={ids.body} className="lc-unseen">
          {forPartner ? 'Note to the partner' : 'Internal note'}
        </label>
        <textarea
          id={ids.body}
          ref={field as React.RefObject<HTMLTextAreaElement>}
          className="lc-input"
          rows={3}
          value={draft.body}
          placeholder={forPartner ? 'What should the partner know?' : 'What should the next colleague know?'}
          aria-invalid={length > longest || undefined}
          onChange={(event) => onChange({ body: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
        />
        {length > longest - 200 && <div className="lc-hint">{longest - length} characters left</div>}
        {forPartner && <WhatThePartnerReads draft={draft} />}
        {refusal && <Alert onClose={() => setRefusal(null)}>{refusal}</Alert>}
        <div className="lc-row lc-composer-foot">
          {open && (
            <>
              <label htmlFor={ids.blocker} className="lc-unseen">
                Blocker that this note sets
              </label>
              <select
                id={ids.blocker}
                className="lc-select"
                value={draft.blocker}
                onChange={(event) => onChange({ blocker: event.target.value as BlockerKind | '' })}
              >
                <option value="">Blocker: {current ? 'leave as it is' : 'none'}</option>
                {Object.entries(blockerNames).map(([kind, name]) => (
                  <option key={kind} value={kind}>
                    {name}
                  </option>
                ))}
              </select>
              {draft.blocker !== '' && (
                <span className="lc-again" title="The blocker ends by itself on that day">
                  <span className="lc-faint">look again</span>
                  <DayInput
                    label="Look again on"
                    value={draft.lookAgainOn}
                    onChange={(lookAgainOn) => onChange({ lookAgainOn })}
                  />
                </span>
              )}
            </>
          )}
          <button type="submit" className="lc-btn small lc-last" disabled={busy || !ready}>
            {busy ? 'Saving…' : forPartner ? 'Send to the partner' : 'Add'}
          </button>
        </div>
      </form>
    </Card>
  );
};

const WhatThePartnerReads: React.FC<{ draft: NoteDraft }> = ({ draft }) => (
  <div className="lc-partner-preview" aria-live="polite">
    <div className="lc-faint">What the partner will read</div>
    <div className="lc-quote partner">
      {draft.body.trim() === '' ? (
        <span className="lc-faint">nothing yet</span>
      ) : (
        <span className="lc-prose">{draft.body}</span>
      )}
      {draft.blocker !== '' && (
        <div className="lc-quote-foot">
          blocked by <Chip tone={toneOf(draft.blocker)}>{blockerNames[draft.blocker]}</Chip>
        </div>
      )}
    </div>
  </div>
);
