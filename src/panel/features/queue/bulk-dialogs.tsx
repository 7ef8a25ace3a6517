import React, { useRef, useState } from 'react';
import { sentence } from '../../../core/sentence.js';
import { postRecordAction } from '../../lib/actions.js';
import { blockerOptions, formatCount, outcomeOptions, shortenId } from '../../lib/format.js';
import type { BlockerKind, NoteVisibility, OutcomeReason, QueueRow } from '../../lib/types.js';
import { DayInput } from '../../ui/day-input.js';
import { Dialog } from '../../ui/dialog.js';
import { Field, getTextError, SelectField, TextField } from '../../ui/fields.js';

interface BulkDialogProps {
  rows: QueueRow[];
  onRowDone: (row: QueueRow) => void;
  /** All rows are done. */
  onDone: (message: string) => void;
  onClose: () => void;
}

/** Sets one blocker on several requests with the same note, a transaction each. */
export const BlockDialog: React.FC<BulkDialogProps> = ({ rows, onRowDone, onDone, onClose }) => {
  const [note, setNote] = useState('');
  const [blocker, setBlocker] = useState<BlockerKind | ''>('');
  const [visibility, setVisibility] = useState<NoteVisibility>('internal');
  const [lookAgainOn, setLookAgainOn] = useState('');
  const { progress, remaining, run } = useBulkAction({ rows, participle: 'blocked', onRowDone, onDone }, (row) =>
    postRecordAction('lease-requests', row.id, 'note', {
      body: note,
      visibility,
      blocker,
      version: row.version,
      ...(lookAgainOn && { lookAgainOn }),
    }),
  );
  return (
    <Dialog
      title={`Block ${formatCount(remaining.length, 'request')}`}
      confirm={`Block ${formatCount(remaining.length, 'request')}`}
      missing={blocker === '' ? 'The blocker is missing' : getTextError('The note', note, 2000)}
      keepsError
      onConfirm={run}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>Blocks {formatCount(countWanted(remaining), 'account')} still wanted. Each request gets the same note.</li>
      </ul>
      <SelectField
        label="Blocker"
        value={blocker}
        placeholder="Choose…"
        options={blockerOptions}
        onChange={setBlocker}
      />
      <Field label="Look again on (optional)" hint="The blocker ends automatically on that day.">
        {(id) => <DayInput id={id} value={lookAgainOn} onChange={setLookAgainOn} />}
      </Field>
      <fieldset className="lc-choices">
        <legend>Visibility</legend>
        <label>
          <input type="radio" checked={visibility === 'internal'} onChange={() => setVisibility('internal')} /> Internal
        </label>
        <label>
          <input type="radio" checked={visibility === 'partner'} onChange={() => setVisibility('partner')} /> Visible to
          partner
        </label>
      </fieldset>
      <TextField label="Note" value={note} onChange={setNote} max={2000} />
      <ProgressLine progress={progress} />
    </Dialog>
  );
};

/** Rejects several requests with the same note, a transaction each. */
export const RejectDialog: React.FC<BulkDialogProps> = ({ rows, onRowDone, onDone, onClose }) => {
  const [note, setNote] = useState('');
  const [reason, setReason] = useState<OutcomeReason | ''>('');
  const { progress, remaining, run } = useBulkAction({ rows, participle: 'rejected', onRowDone, onDone }, (row) =>
    postRecordAction('lease-requests', row.id, 'reject', { note, outcomeReason: reason, version: row.version }),
  );
  const startedCount = remaining.filter((row) => row.assignedCount > 0).length;
  const givenUpCount = countWanted(remaining.filter((row) => row.assignedCount === 0));
  return (
    <Dialog
      title={`Reject ${formatCount(remaining.length, 'request')}`}
      confirm={`Reject ${formatCount(remaining.length, 'request')}`}
      danger
      missing={reason === '' ? 'A reason is missing' : getTextError('The note', note, 2000)}
      keepsError
      onConfirm={run}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>
          {formatCount(givenUpCount, 'account')} asked for {givenUpCount === 1 ? 'is' : 'are'} given up. That is final.
        </li>
        {startedCount > 0 && (
          <li>
            {startedCount === 1 ? 'One has accounts' : `${startedCount} have accounts`} assigned already and will be
            refused: close {startedCount === 1 ? 'it' : 'them'} short instead.
          </li>
        )}
      </ul>
      <SelectField label="Reason" value={reason} placeholder="Choose…" options={outcomeOptions} onChange={setReason} />
      <TextField label="Note, as each partner sees it" value={note} onChange={setNote} max={2000} />
      <ProgressLine progress={progress} />
    </Dialog>
  );
};

interface Progress {
  index: number;
  total: number;
}

const ProgressLine: React.FC<{ progress: Progress | null }> = ({ progress }) => (
  <div role="status" className={progress ? 'lc-progress-line' : 'lc-visually-hidden'}>
    {progress && `${progress.index} / ${progress.total}`}
  </div>
);

function countWanted(rows: QueueRow[]): number {
  return rows.reduce((sum, row) => sum + row.count - row.assignedCount, 0);
}

interface BulkActionOptions extends Omit<BulkDialogProps, 'onClose'> {
  /** For the summary: `3 requests blocked`. */
  participle: string;
}

/** Sends the same action for each row, one after the other. Refused rows remain, to be tried again. */
function useBulkAction(options: BulkActionOptions, send: (row: QueueRow) => Promise<unknown>) {
  const { rows, participle, onRowDone, onDone } = options;
  const [remaining, setRemaining] = useState(rows);
  const [progress, setProgress] = useState<Progress | null>(null);
  const doneCount = useRef(0);
  const run = async () => {
    const refused: { row: QueueRow; message: string }[] = [];
    for (const [index, row] of remaining.entries()) {
      setProgress({ index: index + 1, total: remaining.length });
      try {
        await send(row);
        onRowDone(row);
      } catch (error) {
        refused.push({ row, message: (error as Error).message });
      }
    }
    setProgress(null);
    doneCount.current += remaining.length - refused.length;
    const summary = `${formatCount(doneCount.current, 'request')} ${participle}`;
    if (refused.length === 0) return onDone(`${summary}.`);
    setRemaining(refused.map(({ row }) => row));
    const reasons = refused.map(
      ({ row, message }) => sentence`${row.partner}, ${row.vertical} (${shortenId(row.requestId)}): ${message}`,
    );
    throw new Error(`${summary}, ${refused.length} not. ${reasons.join(' — ')}`);
  };
  return { progress, remaining, run };
}
