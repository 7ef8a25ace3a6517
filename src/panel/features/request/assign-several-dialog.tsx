import React from 'react';
import { sentence } from '../../../core/sentence.js';
import { formatCount, formatDollars, formatHandle, formatList } from '../../lib/format.js';
import { formatDay } from '../../lib/times.js';
import { Dialog } from '../../ui/dialog.js';
import { Chip } from '../../ui/elements.js';
import { describeTakenFromEarlier } from './taken-from-earlier.js';
import { formatRunwayAfter } from './runway.js';
import type { Candidate, RequestView } from './types.js';
import { getWarnings, hasWarnings } from './warnings.js';

interface AssignSeveralDialogProps {
  view: RequestView;
  candidates: Candidate[];
  now: number;
  /** Begins to assign; the page shows how far it is. */
  assign: () => void;
  onClose: () => void;
}

/** Confirms that all marked accounts are assigned. */
export const AssignSeveralDialog: React.FC<AssignSeveralDialogProps> = (props) => {
  const { view, candidates, now, assign, onClose } = props;
  const { wallet, request, firstRenewalAt } = view;
  const count = candidates.length;
  const costCents = count * wallet.priceCents;
  const taken = describeTakenFromEarlier(view, candidates);
  const shortCents = costCents - wallet.balanceCents;
  return (
    <Dialog
      title={sentence`Assign ${formatCount(count, 'account')} to ${request.partner.name}`}
      confirm={`Assign ${count} — ${formatDollars(costCents)}`}
      missing={shortCents > 0 ? `The wallet pays for ${wallet.covers} of them` : null}
      onAccept={assign}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>
          {count} × {formatDollars(wallet.priceCents)}:{' '}
          {shortCents > 0 ? (
            <>
              the wallet holds {formatDollars(wallet.balanceCents)}, <b>{formatDollars(shortCents)} too little</b>.
              Unmark some, or have it topped up first.
            </>
          ) : (
            <>
              the wallet goes from {formatDollars(wallet.balanceCents)} to <b>{formatDollars(-shortCents)}</b> and then
              lasts {formatRunwayAfter(view, count, now)}.
            </>
          )}
        </li>
        <li>
          {count === 1 ? 'It renews' : 'All of them renew'} on {formatDay(firstRenewalAt)}.
        </li>
        {count > 1 && <li>They are assigned one by one; at the first refusal it stops and says what was done.</li>}
        {taken && <li>{taken}</li>}
        {candidates
          .filter((candidate) => hasWarnings(candidate, now))
          .map((candidate) => (
            <li key={candidate.socialAccountId}>
              <b>{formatHandle(candidate.handle)}</b>: {formatList(getWarnings(candidate, now))}
            </li>
          ))}
      </ul>
      <div className="lc-chips lc-several">
        {candidates.map(({ socialAccountId, handle }) => (
          <Chip key={socialAccountId}>{formatHandle(handle)}</Chip>
        ))}
      </div>
    </Dialog>
  );
};
