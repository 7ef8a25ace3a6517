import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { formatDollars } from '../../lib/format.js';
import { useOverview } from '../../lib/queries.js';
import { toShownReference } from '../../../wallets/shown-reference.js';
import { formatMoment } from '../../lib/times.js';
import { ActionForm } from '../../ui/action-form.js';
import { Field, getTextError, TextField } from '../../ui/fields.js';
import { ErrorState } from '../../ui/states.js';
import { getProposeLabel, useApprovalLimit } from './approval-limit.js';
import type { WalletOverview } from './types.js';

/** A payment that came back: what the wallet holds of it goes, the rest is owed. */
const ReverseTopUp: React.FC<ActionProps> = ({ resource, record }) => {
  const overview = useOverview<WalletOverview>('wallets', record?.id ?? '');
  const limit = useApprovalLimit(record?.id ?? '');
  const [chosenId, setChosenId] = useState('');
  const [typedId, setTypedId] = useState('');
  const [reason, setReason] = useState('');
  if (!record) return null;
  const lines = overview.data?.statement.lines ?? [];
  const reversedIds = new Set(lines.map(({ reversesId }) => reversesId));
  const topUps = lines.filter(({ kind, transactionId }) => kind === 'top_up' && !reversedIds.has(transactionId));
  const isChosen = topUps.some(({ transactionId }) => transactionId === chosenId);
  const transactionId = isChosen ? chosenId : typedId.trim();
  const topUp = topUps.find((line) => line.transactionId === transactionId);
  const changeCents = topUp ? -topUp.amountCents : null;
  const waits = limit.mustWait(changeCents);
  const balanceCents = Number(record.params.balanceCents);
  const leavesOwed = !topUp || topUp.amountCents > balanceCents || Number(record.params.owedCents) > 0;
  return (
    <ActionForm
      resource={resource}
      record={record}
      actionName="reverseTopUp"
      title={`Reverse a top-up of ${record.title}`}
      consequences={[
        topUp
          ? `${waits ? 'Once it is approved: ' : ''}${describeReversal(balanceCents, topUp.amountCents)}`
          : 'The amount is taken from the wallet; what the wallet does not hold is owed.',
        ...(leavesOwed
          ? ['While anything is owed, nothing is assigned and no renewal is paid; the next payment settles it first.']
          : []),
        limit.notice(changeCents),
      ]}
      confirm={getConfirmLabel(changeCents, waits)}
      danger
      missing={(transactionId === '' ? 'The top-up is missing' : null) ?? getTextError('The reason', reason, 500)}
      getBody={() => ({ transactionId, reason })}
    >
      <ErrorState query={overview} />
      <Field label="Which top-up" hint="The newest are listed; enter the ID of an older one below">
        {(id) => (
          <select
            id={id}
            className="lc-select"
            value={isChosen ? chosenId : ''}
            onChange={(event) => setChosenId(event.target.value)}
          >
            <option value="">Enter an ID</option>
            {topUps.map((line) => (
              <option key={line.transactionId} value={line.transactionId}>
                {formatDollars(line.amountCents)} · {toShownReference(line.reference)} · {formatMoment(line.bookedAt)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {!isChosen && (
        <Field label="ID of the top-up" hint="As in the ledger: txn_…">
          {(id) => (
            <input
              id={id}
              className="lc-input"
              value={typedId}
              maxLength={100}
              onChange={(event) => setTypedId(event.target.value)}
            />
          )}
        </Field>
      )}
      <TextField label="Reason" value={reason} onChange={setReason} max={500} />
    </ActionForm>
  );
};

function describeReversal(balanceCents: number, amountCents: number): string {
  const owedCents = amountCents - balanceCents;
  return owedCents > 0
    ? `${formatDollars(balanceCents)} is taken from the wallet; the remaining ${formatDollars(owedCents)} is owed.`
    : `${formatDollars(amountCents)} is taken from the wallet, which keeps ${formatDollars(balanceCents - amountCents)}; nothing is owed.`;
}

function getConfirmLabel(changeCents: number | null, waits: boolean | undefined): string {
  if (changeCents === null) return 'Reverse';
  return waits ? getProposeLabel(changeCents) : `Reverse ${formatDollars(-changeCents)}`;
}

export default ReverseTopUp;
