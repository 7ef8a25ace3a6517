import React, { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import type { Outcome } from '../lib/api.js';
import { Alert } from './elements.js';

interface DialogProps {
  title: string;
  /** What the confirming button says: the deed and its figures, for example `Close with 2 of 5`. */
  confirm: string;
  danger?: boolean;
  /** Left out where nothing can be called off any more. */
  withoutCancel?: boolean;
  /** Why it cannot be confirmed yet; null when it can. */
  missing?: string | null;
  onConfirm: () => Promise<Outcome>;
  onClose: () => void;
  children: ReactNode;
}

/**
 * A question before something that matters. It holds the focus, closes by Esc, and stays open with everything that was
 * typed when the answer is a refusal.
 */
export const Dialog: React.FC<DialogProps> = (props) => {
  const { title, confirm, danger, withoutCancel, missing, onConfirm, onClose, children } = props;
  const box = useRef<HTMLDialogElement>(null);
  const inFlight = useRef(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const titleId = useId();

  useEffect(() => {
    const opener = document.activeElement;
    box.current?.showModal();
    const field = box.current?.querySelector<HTMLElement>('textarea, input:not([type="radio"]), select');
    (field ?? box.current?.querySelector<HTMLElement>('button.primary:not(.danger)'))?.focus();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);

  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    if (inFlight.current || missing) return;
    inFlight.current = true;
    setBusy(true);
    setRefusal(null);
    const outcome = await onConfirm();
    inFlight.current = false;
    setBusy(false);
    if (outcome.done) onClose();
    else setRefusal(outcome.sentence);
  };

  return (
    <dialog
      ref={box}
      className="lc-dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        if (!inFlight.current) onClose();
      }}
      onClose={onClose}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
          event.currentTarget.querySelector('form')?.requestSubmit();
      }}
    >
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={titleId}>{title}</h2>
        {children}
        {refusal && <Alert>{refusal}</Alert>}
        <div className="lc-dialog-foot">
          {missing && <span className="lc-faint">{missing}</span>}
          <span className="lc-grow" />
          {!withoutCancel && (
            <button type="button" className="lc-btn" onClick={onClose} disabled={busy}>
              Cancel
            </button>
          )}
          <button
            type="submit"
            className={`lc-btn primary ${danger ? 'danger' : ''}`}
            disabled={busy || Boolean(missing)}
          >
            {busy ? 'One moment…' : confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
};

/** A labelled field of a dialog or form. */
export const Field: React.FC<{ label: ReactNode; hint?: ReactNode; children: (id: string) => ReactNode }> = (props) => {
  const id = useId();
  return (
    <div className="lc-field">
      <label htmlFor={id}>{props.label}</label>
      {props.children(id)}
      {props.hint && <div className="lc-hint">{props.hint}</div>}
    </div>
  );
};

/** A text area that counts as the API does: code points, not UTF-16 units. */
export const TextField: React.FC<{
  label: ReactNode;
  value: string;
  onChange: (value: string) => void;
  max: number;
  placeholder?: string;
  hint?: ReactNode;
}> = ({ label, value, onChange, max, placeholder, hint }) => {
  const length = [...value].length;
  const left = max - length;
  return (
    <Field label={label} hint={left < 200 ? `${left} characters left` : hint}>
      {(id) => (
        <textarea
          id={id}
          className="lc-input"
          rows={3}
          value={value}
          placeholder={placeholder}
          aria-invalid={left < 0 || undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
};

/** What is wrong with a text that has to be there, for a dialog's `missing`. */
export function textFault(what: string, value: string, max: number): string | null {
  if (value.trim() === '') return `${what} is missing`;
  return [...value].length > max ? `${what} is too long` : null;
}
