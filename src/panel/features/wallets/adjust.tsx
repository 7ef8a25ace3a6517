import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { parseDollars } from '../../lib/amounts.js';
import { dueRenewalsNotice } from '../../lib/credits.js';
import { formatDollars } from '../../lib/format.js';
import { createPanelReference } from '../../lib/references.js';
import { ActionForm } from '../../ui/action-form.js';
import { getTextError, TextField } from '../../ui/fields.js';
import { BalanceChange, DollarsField, getAmountError } from '../../ui/money-fields.js';
import { getProposeLabel, useApprovalLimit } from './approval-limit.js';
import { toCreditedWallet } from './outlook.js';
import { useUnusualAmount } from './unusual-amount.js';

/** A manual correction, either way, with its reason. */
const Adjust: React.FC<ActionProps> = ({ resource, record }) => {
  const [typed, setTyped] = useState('');
  const [isDebit, setIsDebit] = useState(false);
  const [reason, setReason] = useState('');
  // One for each time the page is opened, so that a second try after a lost answer adjusts nothing twice.
  const [reference] = useState(createPanelReference);
  const limit = useApprovalLimit(record?.id ?? '');
  const amountCents = parseDollars(typed);
  const changeCents = amountCents === null ? null : isDebit ? -amountCents : amountCents;
  const unusual = useUnusualAmount(record?.id ?? '', changeCents);
  if (!record) return null;
  const balanceCents = Number(record.params.balanceCents);
  const waits = limit.mustWait(changeCents);
  const hasRenewalsDue = limit.overview !== undefined && toCreditedWallet(limit.overview.outlook).hasRenewalsDue;
  const owedCents = Number(record.params.owedCents);
  const paysRenewals = hasRenewalsDue && !isDebit && !waits && (amountCents === null || amountCents > owedCents);
  const shortError =
    changeCents !== null && balanceCents + changeCents < 0
      ? `The wallet holds only ${formatDollars(balanceCents)}`
      : null;
  return (
    <ActionForm
      resource={resource}
      record={record}
      actionName="adjust"
      title={`Adjust the wallet of ${record.title}`}
      consequences={[
        'The partner sees the amount in its transactions; only colleagues see the reason.',
        limit.notice(changeCents),
        ...(paysRenewals ? [dueRenewalsNotice] : []),
      ]}
      confirm={getConfirmLabel(changeCents, waits)}
      danger={isDebit}
      missing={getAmountError(typed) ?? shortError ?? unusual.error ?? getTextError('The reason', reason, 500)}
      getBody={() => ({
        amountCents: changeCents,
        reason,
        reference,
        ...(unusual.isConfirmed && { confirmedCents: changeCents }),
      })}
    >
      <span className="lc-seg" role="group" aria-label="Direction">
        <button type="button" aria-pressed={!isDebit} onClick={() => setIsDebit(false)}>
          Add
        </button>
        <button type="button" aria-pressed={isDebit} onClick={() => setIsDebit(true)}>
          Deduct
        </button>
      </span>
      <DollarsField label="Amount in dollars" typed={typed} onChange={setTyped} />
      {unusual.field}
      <TextField label="Reason" value={reason} onChange={setReason} max={500} />
      <BalanceChange
        beforeCents={balanceCents}
        owedCents={owedCents}
        changeCents={waits === undefined || shortError ? null : changeCents}
        waits={waits}
      />
    </ActionForm>
  );
};

function getConfirmLabel(changeCents: number | null, waits: boolean | undefined): string {
  if (!changeCents) return 'Adjust';
  if (waits) return getProposeLabel(changeCents);
  return `${changeCents < 0 ? 'Deduct' : 'Add'} ${formatDollars(Math.abs(changeCents))}`;
}

export default Adjust;
