import React from 'react';
import { formatCount, formatHandle } from '../../lib/format.js';
import { formatDuration } from '../../lib/times.js';
import type { AssignedAccount, RequestView } from './types.js';

export interface LeaseHandlers {
  onUndo: (account: AssignedAccount) => void;
  onDisconnect: (account: AssignedAccount) => void;
  onRelease: (account: AssignedAccount) => void;
  onReplace: (account: AssignedAccount) => void;
}

interface LeaseActionsProps extends LeaseHandlers {
  account: AssignedAccount;
  view: RequestView;
  now: number;
}

/** What can still be done about an assignment, and for how long. */
export const LeaseActions: React.FC<LeaseActionsProps> = (props) => {
  const { account, view, now, onUndo, onDisconnect, onRelease, onReplace } = props;
  const isLive = account.status === 'active' || account.status === 'past_due';
  const undoLeftMs = account.undoUntil === null ? null : Date.parse(account.undoUntil) - now;
  const canUndo = account.canUndo && isLive && (undoLeftMs === null || undoLeftMs > 0);
  const canEnd = isLive && view.may.disconnect;
  const parts = [
    !isLive && <span className="lc-faint">{formatLeaseEnd(account)}</span>,
    canUndo && (
      <span className="lc-nowrap">
        <LeaseButton label="Undo" account={account} onClick={onUndo} />
        {undoLeftMs !== null && <span className="lc-faint"> for {formatTimeLeft(undoLeftMs)}</span>}
      </span>
    ),
    account.canReplace && <LeaseButton label="Replace" account={account} onClick={onReplace} />,
    canEnd && <LeaseButton label="Disconnect" account={account} onClick={onDisconnect} />,
    // Other partners release their accounts themselves.
    canEnd && view.request.partner.suspended && <LeaseButton label="Release" account={account} onClick={onRelease} />,
  ].filter((part) => part !== false);
  return (
    <>
      {parts.map((part, index) => (
        <React.Fragment key={index}>
          {index > 0 && ' · '}
          {part}
        </React.Fragment>
      ))}
    </>
  );
};

const LeaseButton: React.FC<{
  label: string;
  account: AssignedAccount;
  onClick: (account: AssignedAccount) => void;
}> = ({ label, account, onClick }) => (
  <button
    type="button"
    className="lc-link"
    onClick={() => onClick(account)}
    aria-label={`${label} ${formatHandle(account.handle)}…`}
  >
    {label}…
  </button>
);

function formatTimeLeft(leftMs: number): string {
  const minutes = Math.max(1, Math.round(leftMs / 60_000));
  return minutes <= 60 ? formatCount(minutes, 'more minute') : `${formatDuration(leftMs)} more`;
}

const endReasonNames: Record<string, string> = {
  released_by_partner: 'released by the partner',
  billing_exhausted: 'disconnected for non-payment',
  removed_by_layers: 'disconnected by us',
  replaced: 'replaced',
};

export function formatLeaseEnd({ status, endReason }: AssignedAccount): string {
  if (status === 'undone') return 'undone, the charge was refunded';
  return endReason ? (endReasonNames[endReason] ?? endReason) : 'ended';
}
