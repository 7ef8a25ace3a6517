import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { describeCredit } from '../../lib/credits.js';
import { formatDollars } from '../../lib/format.js';
import { useOverview } from '../../lib/queries.js';
import { ActionForm } from '../../ui/action-form.js';
import { getTextError, TextField } from '../../ui/fields.js';
import { isPaidMonthOver, RefundChoice } from '../../ui/refund-choice.js';
import { toCreditedWallet } from '../wallets/outlook.js';
import type { WalletOverview } from '../wallets/types.js';

/** Ends a live lease from the lease's own page. */
const Disconnect: React.FC<ActionProps> = ({ resource, record }) => {
  const isMonthOver = isPaidMonthOver(record?.params.nextRenewalAt);
  const [reason, setReason] = useState('');
  const [refund, setRefund] = useState<boolean | null>(isMonthOver ? false : null);
  const { outlook } = useOverview<WalletOverview>('wallets', String(record?.params.organizationId)).data ?? {};
  if (!record) return null;
  const priceCents = Number(record.params.priceCents);
  return (
    <ActionForm
      resource={resource}
      record={record}
      actionName="disconnect"
      title={`Disconnect ${record.title}`}
      consequences={[
        'The lease ends now; the partner loses the account and is no longer charged for it.',
        'The account goes into quarantine, not back to the pool.',
        ...(refund && outlook ? [describeCredit(toCreditedWallet(outlook), priceCents)] : []),
      ]}
      confirm={refund ? `Disconnect — refund ${formatDollars(priceCents)}` : 'Disconnect'}
      danger
      missing={refund === null ? 'Choose whether to refund' : getTextError('The reason', reason, 500)}
      getBody={() => ({ reason, refund: refund === true })}
    >
      <RefundChoice priceCents={priceCents} isMonthOver={isMonthOver} refund={refund} onChange={setRefund} />
      <TextField
        label="Reason"
        value={reason}
        onChange={setReason}
        max={500}
        hint="Kept in the audit log; partners do not see it."
      />
    </ActionForm>
  );
};

export default Disconnect;
