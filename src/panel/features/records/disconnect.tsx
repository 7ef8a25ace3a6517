import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { TextField, textFault } from '../../ui/dialog.js';
import { isMonthOver, RefundChoice } from '../../ui/refund-choice.js';
import { formatDollars } from '../../lib/format.js';
import { DeedPage } from './action-page.js';

/** Ends a live lease from the lease's own page. */
const Disconnect: React.FC<ActionProps> = ({ resource, record }) => {
  const isUsed = isMonthOver(record?.params.nextRenewalAt);
  const [reason, setReason] = useState('');
  const [refund, setRefund] = useState<boolean | null>(isUsed ? false : null);
  if (!record) return null;
  const priceCents = Number(record.params.priceCents);
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
      confirm={refund ? `Disconnect — give back ${formatDollars(priceCents)}` : 'Disconnect'}
      danger
      missing={refund === null ? 'Refund or none?' : textFault('The reason', reason, 500)}
      body={() => ({ reason, refund: refund === true })}
    >
      <RefundChoice priceCents={priceCents} isMonthOver={isUsed} refund={refund} onChange={setRefund} />
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
