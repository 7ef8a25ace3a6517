import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { TextField, textFault } from '../kit/dialog.js';
import { dollars } from '../kit/words.js';
import { DeedPage } from './deed-page.js';

/** Ends a live lease from the lease's own page. */
const Disconnect: React.FC<ActionProps> = ({ resource, record }) => {
  const [reason, setReason] = useState('');
  const [refund, setRefund] = useState<boolean | null>(null);
  if (!record) return null;
  const price = dollars(Number(record.params.priceCents));
  return (
    <DeedPage
      resource={resource}
      record={record}
      deed="disconnect"
      title={`Disconnect ${record.title}`}
      consequences={[
        'The lease ends now; the partner loses the account and is charged no more for it.',
        'The account goes into quarantine, not back to the pool.',
      ]}
      confirm={refund ? `Disconnect — give back ${price}` : 'Disconnect'}
      danger
      missing={refund === null ? 'Refund or none?' : textFault('The reason', reason, 500)}
      body={() => ({ reason, refund: refund === true })}
    >
      <fieldset className="lc-choices">
        <legend>The newest charge</legend>
        <label>
          <input type="radio" name="refund" checked={refund === true} onChange={() => setRefund(true)} /> Refund {price}{' '}
          to the wallet
        </label>
        <label>
          <input type="radio" name="refund" checked={refund === false} onChange={() => setRefund(false)} /> No refund
        </label>
      </fieldset>
      <TextField
        label="Reason"
        value={reason}
        onChange={setReason}
        max={500}
        hint="Stays on the trail; partners do not see it."
      />
    </DeedPage>
  );
};

export default Disconnect;
