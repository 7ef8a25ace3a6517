import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { parseDollars } from '../../lib/amounts.js';
import { dueRenewalsNotice } from '../../lib/credits.js';
import { formatDollars } from '../../lib/format.js';
import { useOverview } from '../../lib/queries.js';
import { ActionForm } from '../../ui/action-form.js';
import {
  BalanceChange,
  DollarsField,
  getAmountError,
  getReferenceError,
  ReferenceField,
} from '../../ui/money-fields.js';
import { toCreditedWallet } from './outlook.js';
import type { WalletOverview } from './types.js';
import { useUnusualAmount } from './unusual-amount.js';

/** Money that came in, by the reference of its payment. */
const TopUp: React.FC<ActionProps> = ({ resource, record }) => {
  const [typed, setTyped] = useState('');
  const [reference, setReference] = useState('');
  const { outlook } = useOverview<WalletOverview>('wallets', record?.id ?? '').data ?? {};
  const amountCents = parseDollars(typed);
  const unusual = useUnusualAmount(record?.id ?? '', amountCents);
  if (!record) return null;
  const owedCents = Number(record.params.owedCents);
  const isSpent = amountCents !== null && amountCents <= owedCents;
  const paysRenewals = outlook !== undefined && toCreditedWallet(outlook).hasRenewalsDue && !isSpent;
  return (
    <ActionForm
      resource={resource}
      record={record}
      actionName="topUp"
      title={`Top up the wallet of ${record.title}`}
      consequences={[
        'Each payment is booked once: repeating the same reference and amount changes nothing; another amount under the same reference is refused.',
        ...(paysRenewals ? [dueRenewalsNotice] : []),
      ]}
      confirm={amountCents ? `Top up ${formatDollars(amountCents)}` : 'Top up'}
      missing={getAmountError(typed) ?? unusual.error ?? getReferenceError(reference)}
      getBody={() => ({
        amountCents,
        reference: reference.trim(),
        ...(unusual.isConfirmed && { confirmedCents: amountCents }),
      })}
    >
      <DollarsField label="Amount in dollars" typed={typed} onChange={setTyped} />
      {unusual.field}
      <ReferenceField hint="As on the bank statement or invoice" reference={reference} onChange={setReference} />
      <BalanceChange beforeCents={Number(record.params.balanceCents)} owedCents={owedCents} changeCents={amountCents} />
    </ActionForm>
  );
};

export default TopUp;
