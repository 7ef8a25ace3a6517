import React, { useEffect, useRef, useState } from 'react';
import { postCode } from '../../lib/http.js';
import { registerCodeDialog } from '../../lib/step-up.js';
import { Dialog } from '../../ui/dialog.js';
import { Field } from '../../ui/fields.js';

/** Asks for a code of the second factor where the last one is too old; the calls that wait for it go on afterwards. */
const CodeDialog: React.FC = () => {
  const [isOpen, setIsOpen] = useState(false);
  const [code, setCode] = useState('');
  const waiting = useRef<((isConfirmed: boolean) => void)[]>([]);
  const isConfirmed = useRef(false);

  useEffect(
    () =>
      registerCodeDialog(
        () =>
          new Promise((resolve) => {
            waiting.current.push(resolve);
            isConfirmed.current = false;
            setCode('');
            setIsOpen(true);
          }),
      ),
    [],
  );

  if (!isOpen) return null;
  return (
    <Dialog
      title="Confirm your identity"
      confirm="Confirm"
      missing={code.trim() === '' ? 'The code is missing' : null}
      onConfirm={async () => {
        await postCode(code);
        isConfirmed.current = true;
      }}
      onClose={() => {
        setIsOpen(false);
        waiting.current.splice(0).forEach((resolve) => resolve(isConfirmed.current));
      }}
    >
      <p className="lc-muted">Keys, money and roles need a code every 10 minutes. Your action continues afterwards.</p>
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

export default CodeDialog;
