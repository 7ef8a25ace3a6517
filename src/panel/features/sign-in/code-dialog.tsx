import React, { useEffect, useRef, useState } from 'react';
import { useSelector } from 'react-redux';
import type { ReduxState } from 'adminjs';
import type { Outcome } from '../../lib/api.js';
import { Dialog, Field } from '../../ui/dialog.js';
import { answerWith } from '../../lib/step-up.js';

/** Asks for a code before keys, money and roles where the last one is too long ago; then the call goes on by itself. */
const CodeDialog: React.FC = () => {
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const [isOpen, setIsOpen] = useState(false);
  const [code, setCode] = useState('');
  const waiting = useRef<((confirmed: boolean) => void)[]>([]);
  const confirmed = useRef(false);

  useEffect(
    () =>
      answerWith(
        () =>
          new Promise((resolve) => {
            waiting.current.push(resolve);
            confirmed.current = false;
            setCode('');
            setIsOpen(true);
          }),
      ),
    [],
  );

  if (!isOpen) return null;
  return (
    <Dialog
      title="Confirm that it is you"
      confirm="Confirm and go on"
      missing={code.trim() === '' ? 'The code is missing' : null}
      onConfirm={async () => {
        const outcome = await confirm(`${rootPath}/confirm`, code);
        confirmed.current = outcome.done;
        return outcome;
      }}
      onClose={() => {
        setIsOpen(false);
        waiting.current.splice(0).forEach((resolve) => resolve(confirmed.current));
      }}
    >
      <p className="lc-muted">
        Keys, money and roles take a code every 10 minutes. What you were doing goes on afterwards.
      </p>
      <Field label="Code from your authenticator app" hint="Or one of your recovery codes">
        {(id) => (
          <input
            id={id}
            className="lc-input"
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={30}
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  );
};

async function confirm(url: string, code: string): Promise<Outcome> {
  const headers = { 'Content-Type': 'application/json' };
  try {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ code }) });
    if (response.ok) return { done: true, answer: {} };
    const answer = (await response.json()) as { notice?: { message?: string } };
    return { done: false, sentence: answer.notice?.message ?? 'This was refused; try the next code.' };
  } catch {
    return { done: false, sentence: 'The service cannot be reached. Try again in a moment.' };
  }
}

export default CodeDialog;
