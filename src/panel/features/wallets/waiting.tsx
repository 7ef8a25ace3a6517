import React, { useState } from 'react';
import { useNotice } from 'adminjs';
import { wordOf } from '../../lib/references.js';
import { act } from '../../lib/api.js';
import { Dialog, TextField, textFault } from '../../ui/dialog.js';
import { Card, Chip } from '../../ui/elements.js';
import { useStaff } from '../../lib/staff.js';
import { dayAndTime } from '../../ui/times.js';
import { formatDollars, howMany, inWords } from '../../lib/format.js';
import type { WaitingMovement } from './types.js';

interface WaitingProps {
  waiting: WaitingMovement[];
  onDecided: () => Promise<void>;
  withPartner?: boolean;
}

/** Movements over the limit for one person, for a second one to decide on. */
export const WaitingMovements: React.FC<WaitingProps> = ({ waiting, onDecided, withPartner }) => {
  const [deciding, setDeciding] = useState<{ movement: WaitingMovement; approves: boolean } | null>(null);
  const { role } = useStaff();
  const mayDecide = role === 'finance' || role === 'admin';
  if (waiting.length === 0) return null;
  return (
    <Card title="Waits for a second person" aside={<Chip tone="warn">{howMany(waiting.length, 'movement')}</Chip>} bare>
      <div className="lc-scroll">
        <table className="lc-table lc-lines" aria-label="Movements that wait for a second person">
          <tbody>
            {waiting.map((movement) => (
              <tr key={movement.proposalId}>
                <td>
                  {withPartner && <b>{movement.partner} · </b>}
                  {inWords(movement.kind)}
                  <div className="lc-muted">
                    {[wordOf(movement.reference), movement.reason].filter(Boolean).join(' · ')}
                  </div>
                </td>
                <td className="lc-muted">
                  {movement.isOwn ? 'You' : movement.proposedBy}, {dayAndTime(movement.proposedAt)}
                </td>
                <td className="lc-num">
                  <b>{formatDollars(movement.amountCents)}</b>
                </td>
                <td className="lc-num">
                  {movement.isOwn && <span className="lc-faint">a colleague decides</span>}
                  {mayDecide && !movement.isOwn && (
                    <span className="lc-row lc-row-end">
                      <button
                        type="button"
                        className="lc-btn small"
                        onClick={() => setDeciding({ movement, approves: true })}
                      >
                        Approve
                      </button>
                      <button
                        type="button"
                        className="lc-btn small"
                        onClick={() => setDeciding({ movement, approves: false })}
                      >
                        Decline
                      </button>
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {deciding && <Decide {...deciding} onDecided={onDecided} onClose={() => setDeciding(null)} />}
    </Card>
  );
};

interface DecideProps {
  movement: WaitingMovement;
  approves: boolean;
  onDecided: () => Promise<void>;
  onClose: () => void;
}

const Decide: React.FC<DecideProps> = ({ movement, approves, onDecided, onClose }) => {
  const [reason, setReason] = useState('');
  const addNotice = useNotice();
  const { kind, amountCents, organizationId, partner, proposalId, proposedBy } = movement;
  const amount = formatDollars(Math.abs(amountCents));
  return (
    <Dialog
      title={`${approves ? 'Approve' : 'Decline'} the ${inWords(kind).toLowerCase()} of ${amount} for ${partner}?`}
      confirm={approves ? `Approve ${amount}` : 'Decline'}
      danger={!approves}
      missing={approves ? null : textFault('The reason', reason, 500)}
      onClose={onClose}
      onConfirm={async () => {
        const body = approves ? { proposalId } : { proposalId, reason };
        const outcome = await act('wallets', organizationId, approves ? 'approve' : 'decline', body);
        if (outcome.done) {
          addNotice({ message: outcome.answer.notice?.message ?? 'Done.', type: 'success' });
          await onDecided();
        }
        return outcome;
      }}
    >
      <ul className="lc-consequences">
        <li>{proposedBy} proposed it.</li>
        <li>{approves ? 'It is booked at once, under your name.' : 'Nothing is booked; it may be proposed anew.'}</li>
      </ul>
      {!approves && <TextField label="Reason" value={reason} onChange={setReason} max={500} />}
    </Dialog>
  );
};
