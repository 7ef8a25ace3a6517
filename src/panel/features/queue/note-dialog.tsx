import React, { useState } from 'react';
import { sentence } from '../../../core/sentence.js';
import { postRecordAction } from '../../lib/actions.js';
import { PanelError } from '../../lib/http.js';
import { blockerOptions } from '../../lib/format.js';
import { withoutSaved } from '../../lib/saved-text.js';
import type { BlockerKind, QueueRow } from '../../lib/types.js';
import { DayInput } from '../../ui/day-input.js';
import { Dialog } from '../../ui/dialog.js';
import { Field, getTextError, SelectField, TextField } from '../../ui/fields.js';

interface NoteDialogProps {
  row: QueueRow;
  onDone: (message: string) => void;
  onClose: () => void;
}

/** An internal note on a request, from the queue. */
export const NoteDialog: React.FC<NoteDialogProps> = ({ row, onDone, onClose }) => {
  const [body, setBody] = useState('');
  const [blocker, setBlocker] = useState<BlockerKind | ''>('');
  const [lookAgainOn, setLookAgainOn] = useState('');
  /** What the row was when the dialog opened, then what the refusal told. */
  const [version, setVersion] = useState(row.version);
  const [saved, setSaved] = useState<string | null>(null);
  const save = async () => {
    await postRecordAction('lease-requests', row.id, 'note', {
      body,
      visibility: 'internal',
      version,
      ...(blocker && { blocker, ...(lookAgainOn && { lookAgainOn }) }),
    }).catch((error: unknown) => {
      if (error instanceof PanelError && error.details.version) setVersion(error.details.version);
      throw error;
    });
    setSaved(body);
    onDone(sentence`Note added for ${row.partner}, ${row.vertical}.`);
  };
  /** Text that was typed while the note was being saved stays. */
  const close = () => {
    if (saved === null || body === saved) return onClose();
    setBody(withoutSaved(body, saved));
    setSaved(null);
  };
  return (
    <Dialog
      title={sentence`Note on ${row.count} × ${row.vertical} for ${row.partner}`}
      confirm="Add note"
      missing={getTextError('The note', body, 2000)}
      onConfirm={save}
      onClose={close}
    >
      <TextField
        label="Internal note"
        value={body}
        onChange={setBody}
        max={2000}
        placeholder="What should the next colleague know?"
        hint="Ctrl+Enter saves it. Notes for the partner are written on the request’s own page."
      />
      <div className="lc-field-row">
        <SelectField
          label="Blocker"
          value={blocker}
          placeholder={row.blocker ? 'leave as it is' : 'none'}
          options={blockerOptions}
          onChange={setBlocker}
        />
        {blocker && (
          <Field label="Look again on">
            {(id) => <DayInput id={id} value={lookAgainOn} onChange={setLookAgainOn} />}
          </Field>
        )}
      </div>
    </Dialog>
  );
};
