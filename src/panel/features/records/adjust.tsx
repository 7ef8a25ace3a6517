import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { ownReference } from '../../lib/references.js';
import { TextField, textFault } from '../../ui/dialog.js';
import { formatDollars } from '../../lib/format.js';
import { centsOf } from './amounts.js';
import { DeedPage } from './action-page.js';
import { amountFault, BeforeAndAfter, DollarsField } from './money-fields.js';

/** A correction by hand, either way, with its reason. */
const Adjust: React.FC<ActionProps> = ({ resource, record }) => {
  const [typed, setTyped] = useState('');
  const [takes, setTakes] = useState(false);
  const [reason, setReason] = useState('');
  // One for each time the page is opened, so that a second try after a lost answer adjusts nothing twice.
  const [reference] = useState(ownReference);
  const amount = centsOf(typed);
  if (!record) return null;
  const balance = Number(record.params.balanceCents);
  const change = amount === null ? null : takes ? -amount : amount;
  const tooMuch = change !== null && balance + change < 0 ? `The wallet holds only ${formatDollars(balance)}` : null;
  return (
    <DeedPage
      resource={resource}
      record={record}
      deed="adjust"
      title={`Adjust the wallet of ${record.title}`}
      consequences={['The adjustment stands on the partner’s statement; its reason stays on our trail.']}
      confirm={amount ? `${takes ? 'Take' : 'Add'} ${formatDollars(amount)}` : 'Adjust'}
      danger={takes}
      missing={amountFault(typed) ?? tooMuch ?? textFault('The reason', reason, 500)}
      body={() => ({ amountCents: change, reason, reference })}
    >
      <span className="lc-seg" role="group" aria-label="Which way">
        <button type="button" aria-pressed={!takes} onClick={() => setTakes(false)}>
          Add to it
        </button>
        <button type="button" aria-pressed={takes} onClick={() => setTakes(true)}>
          Take from it
        </button>
      </span>
      <DollarsField label="Amount in dollars" typed={typed} onChange={setTyped} />
      <TextField label="Reason" value={reason} onChange={setReason} max={500} />
      <BeforeAndAfter beforeCents={balance} owedCents={Number(record.params.owedCents)} changeCents={change} />
    </DeedPage>
  );
};

export default Adjust;
