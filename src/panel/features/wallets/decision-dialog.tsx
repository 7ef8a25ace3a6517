import React, { useState } from 'react';
import { sentence } from '../../../core/sentence.js';
import { postRecordAction } from '../../lib/actions.js';
import { dueRenewalsNotice } from '../../lib/credits.js';
import { formatChange, formatCode, formatDollars, shortenId } from '../../lib/format.js';
import { toShownReference } from '../../../wallets/shown-reference.js';
import { Dialog } from '../../ui/dialog.js';
import { getTextError, TextField } from '../../ui/fields.js';
import { AmountChange } from '../../ui/money-fields.js';
import { useToast } from '../../ui/toasts.js';
import type { PendingApproval } from './types.js';
import { Moment } from '../../ui/times.js';

export interface Decision {
  approval: PendingApproval;
  approves: boolean;
}

/** The second person's decision, with everything that the first one gave and what it does to the wallet. */
export const DecisionDialog: React.FC<Decision & { onClose: () => void }> = ({ approval, approves, onClose }) => {
  const [declineReason, setDeclineReason] = useState('');
  const showToast = useToast();
  const { kind, amountCents, organizationId, partner, proposalId, proposedBy, proposedAt, walletAfter } = approval;
  const amount = formatChange(amountCents);
  const shortReason = approves && !walletAfter ? 'The wallet does not hold enough' : null;
  return (
    <Dialog
      title={sentence`${approves ? 'Approve' : 'Decline'} the ${formatCode(kind).toLowerCase()} of ${amount} for ${partner}?`}
      confirm={approves ? `Approve ${amount}` : 'Decline'}
      danger
      missing={approves ? shortReason : getTextError('The reason', declineReason, 500)}
      onClose={onClose}
      onConfirm={async () => {
        const body = approves ? { proposalId } : { proposalId, reason: declineReason };
        showToast(await postRecordAction('wallets', organizationId, approves ? 'approve' : 'decline', body));
      }}
    >
      <ProposedMovement approval={approval} />
      <ul className="lc-consequences">
        <li>
          {proposedBy} proposed it, <Moment iso={proposedAt} />.
        </li>
        <li>
          {approves ? 'It is booked immediately, under your name.' : 'Nothing is booked; it can be proposed again.'}
        </li>
        {approves && amountCents > 0 && approval.hasRenewalsDue && <li>{dueRenewalsNotice}</li>}
      </ul>
      {!approves && <TextField label="Reason" value={declineReason} onChange={setDeclineReason} max={500} />}
    </Dialog>
  );
};

const ProposedMovement: React.FC<{ approval: PendingApproval }> = ({ approval }) => {
  const { amountCents, reason, reversesId, wallet, walletAfter } = approval;
  const reference = toShownReference(approval.reference);
  return (
    <>
      <dl className="lc-facts">
        <dt>Amount</dt>
        <dd>
          <b>{formatChange(amountCents)}</b>
        </dd>
        {reversesId && (
          <>
            <dt>Reverses</dt>
            <dd title={reversesId}>{shortenId(reversesId)}</dd>
          </>
        )}
        {reference && (
          <>
            <dt>Reference</dt>
            <dd>{reference}</dd>
          </>
        )}
        {reason && (
          <>
            <dt>Reason</dt>
            <dd className="lc-prose">{reason}</dd>
          </>
        )}
      </dl>
      <div className="lc-preview lc-preview-row">
        {walletAfter ? (
          <>
            <AmountChange name="Wallet" beforeCents={wallet.balanceCents} afterCents={walletAfter.balanceCents} />
            {(wallet.owedCents > 0 || walletAfter.owedCents > 0) && (
              <AmountChange name="Owed" beforeCents={wallet.owedCents} afterCents={walletAfter.owedCents} />
            )}
          </>
        ) : (
          describeWalletChange(approval)
        )}
      </div>
    </>
  );
};

/** `Wallet $5,000.00 → $3,500.00`, with what is owed where anything is. */
export function describeWalletChange({ wallet, walletAfter }: PendingApproval): string {
  if (!walletAfter) return `The wallet holds only ${formatDollars(wallet.balanceCents)}`;
  const owes = wallet.owedCents > 0 || walletAfter.owedCents > 0;
  const owed = `, owed ${formatDollars(wallet.owedCents)} → ${formatDollars(walletAfter.owedCents)}`;
  return `Wallet ${formatDollars(wallet.balanceCents)} → ${formatDollars(walletAfter.balanceCents)}${owes ? owed : ''}`;
}
