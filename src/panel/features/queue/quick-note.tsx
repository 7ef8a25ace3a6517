import React, { useState } from 'react';
import { act } from '../../lib/api.js';
import { DayInput } from '../../ui/day-input.js';
import { Dialog, Field, TextField, textFault } from '../../ui/dialog.js';
import type { BlockerKind, QueueRow } from '../../lib/types.js';
import { blockerNames } from '../../lib/format.js';

/** A note on one row without leaving the queue. */
export const QuickNote: React.FC<{ row: QueueRow; onDone: (sentence: string) => void; onClose: () => void }> = ({
  row,
  onDone,
  onClose,
}) => {
  const [body, setBody] = useState('');
  const [blocker, setBlocker] = useState<BlockerKind | ''>('');
  const [lookAgainOn, setLookAgainOn] = useState('');
  const save = async () => {
    const outcome = await act('lease-requests', row.id, 'note', {
      body,
      visibility: 'internal',
      ...(blocker && { blocker, ...(lookAgainOn && { lookAgainOn }) }),
    });
    if (outcome.done) onDone(`Noted on ${row.partner}, ${row.vertical}.`);
    return outcome;
  };
  return (
    <Dialog
      title={`Note on ${row.count} × ${row.vertical} for ${row.partner}`}
      confirm="Add note"
      missing={textFault('The note', body, 2000)}
      onConfirm={save}
      onClose={onClose}
    >
      <TextField
        label="Internal note"
        value={body}
        onChange={setBody}
        max={2000}
        placeholder="What should the next colleague know?"
        hint="Ctrl+Enter saves it. What the partner shall read is written on the request’s own page."
      />
      <div className="lc-field-row">
        <Field label="Blocker">
          {(id) => (
            <select
              id={id}
              className="lc-input"
              value={blocker}
              onChange={(event) => setBlocker(event.target.value as BlockerKind | '')}
            >
              <option value="">{row.blocker ? 'leave as it is' : 'none'}</option>
              {Object.entries(blockerNames).map(([kind, name]) => (
                <option key={kind} value={kind}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        {blocker && (
          <Field label="Look again on">
            {(id) => <DayInput id={id} value={lookAgainOn} onChange={setLookAgainOn} />}
          </Field>
        )}
      </div>
    </Dialog>
  );
};
