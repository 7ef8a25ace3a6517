import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { formatDollars } from '../../lib/format.js';
import { centsOf } from './amounts.js';
import { DeedPage } from './action-page.js';
import { amountFault, BeforeAndAfter, DollarsField, referenceFault, ReferenceField } from './money-fields.js';

/** Money that came in, by the reference of its payment. */
const TopUp: React.FC<ActionProps> = ({ resource, record }) => {
  const [typed, setTyped] = useState('');
  const [reference, setReference] = useState('');
  const cents = centsOf(typed);
  if (!record) return null;
  return (
    <DeedPage
      resource={resource}
      record={record}
      deed="topUp"
      title={`Top up the wallet of ${record.title}`}
      consequences={[
        'Each payment is booked once: the same reference and amount again changes nothing, another amount under it is refused.',
      ]}
      confirm={cents ? `Top up ${formatDollars(cents)}` : 'Top up'}
      missing={amountFault(typed) ?? referenceFault(reference)}
      body={() => ({ amountCents: cents, reference: reference.trim() })}
    >
      <DollarsField label="Amount in dollars" typed={typed} onChange={setTyped} />
      <ReferenceField hint="As on the bank statement or invoice" reference={reference} onChange={setReference} />
      <BeforeAndAfter
        beforeCents={Number(record.params.balanceCents)}
        owedCents={Number(record.params.owedCents)}
        changeCents={cents}
      />
    </DeedPage>
  );
};

export default TopUp;
