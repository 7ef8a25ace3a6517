import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { parseDollars } from '../../lib/amounts.js';
import { formatDollars } from '../../lib/format.js';
import { ActionForm } from '../../ui/action-form.js';
import {
  BalanceChange,
  DollarsField,
  getAmountError,
  getReferenceError,
  ReferenceField,
} from '../../ui/money-fields.js';
import { getProposeLabel, useApprovalLimit } from './approval-limit.js';
import { useUnusualAmount } from './unusual-amount.js';

/** Money that goes back to a partner, by the reference of its payment. */
const Payout: React.FC<ActionProps> = ({ resource, record }) => {
  const [typed, setTyped] = useState('');
  const [reference, setReference] = useState('');
  const limit = useApprovalLimit(record?.id ?? '');
  const amountCents = parseDollars(typed);
  const changeCents = amountCents === null ? null : -amountCents;
  const unusual = useUnusualAmount(record?.id ?? '', changeCents);
  if (!record) return null;
  const waits = limit.mustWait(changeCents);
  const balanceCents = Number(record.params.balanceCents);
  const shortError =
    amountCents !== null && amountCents > balanceCents ? `The wallet holds only ${formatDollars(balanceCents)}` : null;
  return (
    <ActionForm
      resource={resource}
      record={record}
      actionName="payout"
      title={`Pay out from the wallet of ${record.title}`}
      consequences={[
        'Each payment is booked once: repeating the same reference and amount changes nothing.',
        limit.notice(changeCents),
      ]}
      confirm={getConfirmLabel(amountCents, waits)}
      danger
      missing={getAmountError(typed) ?? shortError ?? unusual.error ?? getReferenceError(reference)}
      getBody={() => ({
        amountCents,
        reference: reference.trim(),
        ...(unusual.isConfirmed && { confirmedCents: amountCents }),
      })}
    >
      <DollarsField label="Amount in dollars" typed={typed} onChange={setTyped} />
      {unusual.field}
      <ReferenceField hint="As on the bank statement" reference={reference} onChange={setReference} />
      <BalanceChange
        beforeCents={balanceCents}
        owedCents={Number(record.params.owedCents)}
        changeCents={waits === undefined || shortError ? null : changeCents}
        waits={waits}
      />
    </ActionForm>
  );
};

function getConfirmLabel(amountCents: number | null, waits: boolean | undefined): string {
  if (!amountCents) return 'Pay out';
  return waits ? getProposeLabel(-amountCents) : `Pay out ${formatDollars(amountCents)}`;
}

export default Payout;
