import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { Field, TextField, textFault } from '../../ui/dialog.js';
import { Alert } from '../../ui/elements.js';
import { dayAndTime } from '../../ui/times.js';
import { formatDollars } from '../../lib/format.js';
import type { WalletOverview } from '../wallets/types.js';
import { DeedPage } from './action-page.js';
import { useOverview } from './overview.js';

/** A payment that came back: what the wallet holds of it goes, the rest is owed. */
const ReverseTopUp: React.FC<ActionProps> = ({ resource, record }) => {
  const { data, failure } = useOverview<WalletOverview>('wallets', record?.id ?? '');
  const [chosen, setChosen] = useState('');
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  if (!record) return null;
  const lines = data?.statement.lines ?? [];
  const back = new Set(lines.map(({ reversesId }) => reversesId));
  const topUps = lines.filter((line) => line.kind === 'top_up' && !back.has(line.transactionId));
  const topUp = topUps.find(({ transactionId }) => transactionId === chosen);
  const transactionId = topUp ? chosen : typed.trim();
  const balance = Number(record.params.balanceCents);
  return (
    <DeedPage
      resource={resource}
      record={record}
      deed="reverseTopUp"
      title={`A top-up of ${record.title} came back`}
      consequences={[
        topUp
          ? givesAndOwes(balance, topUp.amountCents)
          : 'What the wallet holds of it is taken; what it does not hold is owed.',
        'While something is owed nothing is assigned and no renewal paid; the next money that comes in settles it first.',
        'Over the limit for one person it waits until a second finance person approves it.',
      ]}
      confirm={topUp ? `Take back ${formatDollars(topUp.amountCents)}` : 'Take back'}
      danger
      missing={(transactionId === '' ? 'The top-up is missing' : null) ?? textFault('The reason', reason, 500)}
      body={() => ({ transactionId, reason })}
    >
      {failure && <Alert>{failure}</Alert>}
      <Field label="Which top-up" hint="The newest ones; an older one by its id below">
        {(id) => (
          <select id={id} className="lc-select" value={chosen} onChange={(event) => setChosen(event.target.value)}>
            <option value="">By its id</option>
            {topUps.map((line) => (
              <option key={line.transactionId} value={line.transactionId}>
                {formatDollars(line.amountCents)} · {line.reference} · {dayAndTime(line.bookedAt)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {!topUp && (
        <Field label="Id of the top-up" hint="As in the ledger, txn_…">
          {(id) => (
            <input
              id={id}
              className="lc-input"
              value={typed}
              maxLength={100}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
      )}
      <TextField label="Reason" value={reason} onChange={setReason} max={500} />
    </DeedPage>
  );
};

function givesAndOwes(balanceCents: number, amountCents: number): string {
  const owedCents = amountCents - balanceCents;
  return owedCents > 0
    ? `The wallet gives ${formatDollars(balanceCents)}; ${formatDollars(owedCents)} are owed from then on.`
    : `The wallet gives ${formatDollars(amountCents)} and keeps ${formatDollars(-owedCents)}; nothing is owed for it.`;
}

export default ReverseTopUp;
