import React, { useRef, useState } from 'react';
import { act, type Outcome } from '../../lib/api.js';
import { DayInput } from '../../ui/day-input.js';
import { Dialog, Field, TextField, textFault } from '../../ui/dialog.js';
import type { BlockerKind, OutcomeReason, QueueRow } from '../../lib/types.js';
import { blockerNames, howMany, outcomeNames, shortId, staffOutcomes } from '../../lib/format.js';

interface BulkProps {
  rows: QueueRow[];
  /** Done with this one. */
  onEach: (row: QueueRow) => void;
  /** All are done; told in a sentence. */
  onDone: (sentence: string) => void;
  onClose: () => void;
}

/** Sets one blocker on several requests with one note, a transaction each. */
export const BlockSeveral: React.FC<BulkProps> = ({ rows, onEach, onDone, onClose }) => {
  const [note, setNote] = useState('');
  const [kind, setKind] = useState<BlockerKind | ''>('');
  const [visibility, setVisibility] = useState<'internal' | 'partner'>('internal');
  const [lookAgainOn, setLookAgainOn] = useState('');
  const { progress, left, run } = useOneByOne({ rows, did: 'blocked', onEach, onDone }, (row) =>
    act('lease-requests', row.id, 'note', {
      body: note,
      visibility,
      blocker: kind,
      version: row.version,
      ...(lookAgainOn && { lookAgainOn }),
    }),
  );
  return (
    <Dialog
      title={`Block ${howMany(left.length, 'request')}`}
      confirm={`Block ${left.length}`}
      missing={kind === '' ? 'The blocker is missing' : textFault('The note', note, 2000)}
      onConfirm={run}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>Holds up {howMany(wanted(left), 'account')} still wanted. Each request gets the same note.</li>
      </ul>
      <Field label="Blocker">
        {(id) => (
          <select
            id={id}
            className="lc-input"
            value={kind}
            onChange={(event) => setKind(event.target.value as BlockerKind | '')}
          >
            <option value="">Choose…</option>
            {Object.entries(blockerNames).map(([code, name]) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Look again on (optional)" hint="The blocker ends by itself on that day.">
        {(id) => <DayInput id={id} value={lookAgainOn} onChange={setLookAgainOn} />}
      </Field>
      <fieldset className="lc-choices">
        <legend>Who reads the note</legend>
        <label>
          <input type="radio" checked={visibility === 'internal'} onChange={() => setVisibility('internal')} /> We alone
        </label>
        <label>
          <input type="radio" checked={visibility === 'partner'} onChange={() => setVisibility('partner')} /> The
          partner too
        </label>
      </fieldset>
      <TextField label="Note" value={note} onChange={setNote} max={2000} />
      <Progress of={progress} />
    </Dialog>
  );
};

/** Rejects several requests with one note, a transaction each. */
export const RejectSeveral: React.FC<BulkProps> = ({ rows, onEach, onDone, onClose }) => {
  const [note, setNote] = useState('');
  const [reason, setReason] = useState<OutcomeReason | ''>('');
  const { progress, left, run } = useOneByOne({ rows, did: 'rejected', onEach, onDone }, (row) =>
    act('lease-requests', row.id, 'reject', { note, outcomeReason: reason, version: row.version }),
  );
  const begun = left.filter((row) => row.assignedCount > 0).length;
  const givenUp = wanted(left.filter((row) => row.assignedCount === 0));
  return (
    <Dialog
      title={`Reject ${howMany(left.length, 'request')}`}
      confirm={`Reject ${left.length}`}
      danger
      missing={reason === '' ? 'A reason is missing' : textFault('The note', note, 2000)}
      onConfirm={run}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>
          {howMany(givenUp, 'account')} asked for {givenUp === 1 ? 'is' : 'are'} given up. That is final.
        </li>
        {begun > 0 && (
          <li>
            {begun === 1 ? 'One has accounts' : `${begun} have accounts`} assigned already and will be refused: close{' '}
            {begun === 1 ? 'it' : 'them'} short instead.
          </li>
        )}
      </ul>
      <Field label="Reason">
        {(id) => (
          <select
            id={id}
            className="lc-input"
            value={reason}
            onChange={(event) => setReason(event.target.value as OutcomeReason | '')}
          >
            <option value="">Choose…</option>
            {staffOutcomes.map((outcome) => (
              <option key={outcome} value={outcome}>
                {outcomeNames[outcome]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField label="Note, as each partner reads it" value={note} onChange={setNote} max={2000} />
      <Progress of={progress} />
    </Dialog>
  );
};

const Progress: React.FC<{ of: { at: number; whole: number } | null }> = ({ of }) => (
  <div role="status" className={of ? 'lc-progress-line' : 'lc-unseen'}>
    {of && `${of.at} / ${of.whole}`}
  </div>
);

function wanted(rows: QueueRow[]): number {
  return rows.reduce((sum, row) => sum + row.count - row.assignedCount, 0);
}

/** Does the same to each row, one call after the other; what was refused stays to be tried again, with its reason. */
function useOneByOne(
  { rows, did, onEach, onDone }: Omit<BulkProps, 'onClose'> & { did: string },
  deed: (row: QueueRow) => Promise<Outcome>,
) {
  const [left, setLeft] = useState(rows);
  const [progress, setProgress] = useState<{ at: number; whole: number } | null>(null);
  const doneBefore = useRef(0);
  const run = async (): Promise<Outcome> => {
    const refused: { row: QueueRow; sentence: string }[] = [];
    for (const [index, row] of left.entries()) {
      setProgress({ at: index + 1, whole: left.length });
      const outcome = await deed(row);
      if (outcome.done) onEach(row);
      else refused.push({ row, sentence: outcome.sentence });
    }
    setProgress(null);
    doneBefore.current += left.length - refused.length;
    const summary = `${howMany(doneBefore.current, 'request')} ${did}`;
    if (refused.length === 0) {
      onDone(`${summary}.`);
      return { done: true, answer: {} };
    }
    setLeft(refused.map(({ row }) => row));
    const why = refused
      .map(({ row, sentence }) => `${row.partner}, ${row.vertical} (${shortId(row.requestId)}): ${sentence}`)
      .join(' — ');
    return { done: false, sentence: `${summary}, ${refused.length} not. ${why}` };
  };
  return { progress, left, run };
}
