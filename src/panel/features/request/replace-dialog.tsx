import React, { useState } from 'react';
import type { OldAccountPlace } from '../../../fulfillment/commands.js';
import { postRecordAction } from '../../lib/actions.js';
import { formatDollars, formatHandle } from '../../lib/format.js';
import { formatDay } from '../../lib/times.js';
import { Dialog } from '../../ui/dialog.js';
import { getTextError, TextField } from '../../ui/fields.js';
import { LoadingState } from '../../ui/states.js';
import { CandidateDetails } from './candidate-details.js';
import { PoolSearch } from './pool-search.js';
import type { AssignedAccount, Candidate } from './types.js';

interface ReplaceDialogProps {
  leaseRequestId: string;
  account: AssignedAccount;
  /** Undefined while they are read. */
  candidates: Candidate[] | undefined;
  search: string;
  onSearch: (text: string) => void;
  now: number;
  onClose: () => void;
}

const MAX_OFFERED = 6;

/** Assigns another account in the place of one that was lost or banned, for the same month. */
export const ReplaceDialog: React.FC<ReplaceDialogProps> = (props) => {
  const { leaseRequestId, account, search, onSearch, now, onClose } = props;
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [oldAccountTo, setOldAccountTo] = useState<OldAccountPlace | null>(null);
  const [reason, setReason] = useState('');
  const isLive = account.status === 'active' || account.status === 'past_due';
  const candidates = props.candidates
    ?.filter(({ socialAccountId }) => socialAccountId !== account.socialAccountId)
    .slice(0, MAX_OFFERED);
  const isChosen = candidates?.some(({ socialAccountId }) => socialAccountId === chosenId);
  const price = formatDollars(account.priceCents);
  const renewal = account.nextRenewalAt ? `: it renews on ${formatDay(account.nextRenewalAt, now)}` : ' the same';
  const missing = !isChosen
    ? 'Choose the new account'
    : isLive && !oldAccountTo
      ? 'Choose what happens to the old account'
      : getTextError('The reason', reason, 500);
  return (
    <Dialog
      title={`Replace ${formatHandle(account.handle)}`}
      confirm={isLive ? 'Replace — net $0.00' : `Replace — charge ${price}`}
      missing={missing}
      onConfirm={() =>
        postRecordAction('lease-requests', leaseRequestId, 'replace', {
          socialAccountId: account.socialAccountId,
          newSocialAccountId: chosenId,
          ...(isLive && { oldAccountTo }),
          reason,
        })
      }
      onClose={onClose}
    >
      <ul className="lc-consequences">
        {isLive ? (
          <>
            <li>
              {price} for this month is refunded and charged again for the new account: the wallet stays the same.
            </li>
            <li>The partner loses {formatHandle(account.handle)} and gets the new one.</li>
          </>
        ) : (
          <li>{price} is charged for the month; the new lease takes the place of the one that ended.</li>
        )}
        <li>Price and renewal day stay{renewal}.</li>
      </ul>
      <fieldset className="lc-choices lc-replacements">
        <legend>The new account</legend>
        <PoolSearch search={search} onSearch={onSearch} />
        {!candidates && <LoadingState what="accounts" lines={3} />}
        {candidates?.length === 0 && (
          <p className="lc-muted">
            {search === ''
              ? 'No free account fits. Search the whole pool by handle, vertical, language or country.'
              : 'No free account matches this search.'}
          </p>
        )}
        <div className="lc-offered">
          {candidates?.map((candidate) => (
            <label key={candidate.socialAccountId}>
              <input
                type="radio"
                name="replacement"
                checked={chosenId === candidate.socialAccountId}
                onChange={() => setChosenId(candidate.socialAccountId)}
              />
              <CandidateDetails candidate={candidate} now={now} />
            </label>
          ))}
        </div>
      </fieldset>
      {isLive && (
        <OldAccountChoice handle={formatHandle(account.handle)} place={oldAccountTo} onChange={setOldAccountTo} />
      )}
      <TextField
        label="Reason"
        value={reason}
        onChange={setReason}
        max={500}
        hint="Kept in the audit log; partners do not see it."
      />
    </Dialog>
  );
};

const OldAccountChoice: React.FC<{
  handle: string;
  place: OldAccountPlace | null;
  onChange: (place: OldAccountPlace) => void;
}> = ({ handle, place, onChange }) => (
  <fieldset className="lc-choices">
    <legend>What happens to {handle}</legend>
    <label>
      <input type="radio" name="old-account" checked={place === 'quarantine'} onChange={() => onChange('quarantine')} />{' '}
      Quarantine: something is wrong with it
    </label>
    <label>
      <input type="radio" name="old-account" checked={place === 'pool'} onChange={() => onChange('pool')} /> Back to the
      pool: nothing is wrong with it, and it can be assigned to others
    </label>
  </fieldset>
);
