import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { formatDollars } from '../../lib/format.js';
import { centsOf } from './amounts.js';
import { DeedPage } from './action-page.js';
import { amountFault, BeforeAndAfter, DollarsField, referenceFault, ReferenceField } from './money-fields.js';

/** Money that goes back to a partner, by the reference of its payment. */
const Payout: React.FC<ActionProps> = ({ resource, record }) => {
  const [typed, setTyped] = useState('');
  const [reference, setReference] = useState('');
  const cents = centsOf(typed);
  if (!record) return null;
  const balance = Number(record.params.balanceCents);
  const tooMuch = cents !== null && cents > balance ? `The wallet holds only ${formatDollars(balance)}` : null;
  return (
    <DeedPage
      resource={resource}
      record={record}
      deed="payout"
      title={`Pay out from the wallet of ${record.title}`}
      consequences={[
        'Each payment is booked once: the same reference and amount again changes nothing.',
        'Over the limit for one person it waits until a second finance person approves it.',
      ]}
      confirm={cents ? `Pay out ${formatDollars(cents)}` : 'Pay out'}
      danger
      missing={amountFault(typed) ?? tooMuch ?? referenceFault(reference)}
      body={() => ({ amountCents: cents, reference: reference.trim() })}
    >
      <DollarsField label="Amount in dollars" typed={typed} onChange={setTyped} />
      <ReferenceField hint="As the bank knows it" reference={reference} onChange={setReference} />
      <BeforeAndAfter
        beforeCents={balance}
        owedCents={Number(record.params.owedCents)}
        changeCents={cents === null ? null : -cents}
      />
    </DeedPage>
  );
};

export default Payout;
