import React, { useState } from 'react';
import type { Outcome } from '../../lib/api.js';
import { Dialog, TextField, textFault } from '../../ui/dialog.js';
import type { AssignedAccount, Candidate } from '../../lib/types.js';
import { Loading } from '../../ui/elements.js';
import { dayOf } from '../../ui/times.js';
import { at, formatDollars } from '../../lib/format.js';
import { Described, PoolSearch } from './candidates.js';

interface ReplaceDialogProps {
  account: AssignedAccount;
  choice: Candidate[] | undefined;
  search: string;
  onSearch: (text: string) => void;
  now: number;
  replace: (answer: { newSocialAccountId: string; reason: string }) => Promise<Outcome>;
  onClose: () => void;
}

const offered = 6;

/** Gives another account for one that was lost or banned, in its place and for the same month. */
export const ReplaceDialog: React.FC<ReplaceDialogProps> = (props) => {
  const { account, choice, search, onSearch, now, replace, onClose } = props;
  const [chosen, setChosen] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const live = account.status === 'active' || account.status === 'past_due';
  const candidates = choice?.slice(0, offered);
  const among = candidates?.some(({ socialAccountId }) => socialAccountId === chosen);
  const price = formatDollars(account.priceCents);
  return (
    <Dialog
      title={`Replace ${at(account.handle)}`}
      confirm={live ? 'Replace — the wallet stays the same' : `Replace — charge ${price}`}
      missing={!among ? 'Choose the new account' : textFault('The reason', reason, 500)}
      onConfirm={() => replace({ newSocialAccountId: chosen ?? '', reason })}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        {live ? (
          <>
            <li>
              {price} for this month are refunded and charged again for the new account: the wallet’s net is $0.00.
            </li>
            <li>{at(account.handle)} goes into quarantine; the partner loses it and gets the new one.</li>
          </>
        ) : (
          <li>{price} are charged for the month; the lease takes the place of the one that was taken away.</li>
        )}
        <li>
          Price and renewal day stay
          {account.nextRenewalAt ? `: it renews on ${dayOf(account.nextRenewalAt, now)}` : ' the same'}.
        </li>
      </ul>
      <fieldset className="lc-choices lc-replacements">
        <legend>The new account</legend>
        <PoolSearch search={search} onSearch={onSearch} />
        {!candidates && <Loading what="accounts" lines={3} />}
        {candidates?.length === 0 && (
          <p className="lc-muted">
            {search === ''
              ? 'No free account fits. Search the whole pool by handle, vertical, language or country.'
              : 'No free account matches this search.'}
          </p>
        )}
        {candidates?.map((candidate) => (
          <label key={candidate.socialAccountId}>
            <input
              type="radio"
              name="replacement"
              checked={chosen === candidate.socialAccountId}
              onChange={() => setChosen(candidate.socialAccountId)}
            />
            <Described candidate={candidate} now={now} />
          </label>
        ))}
      </fieldset>
      <TextField
        label="Reason"
        value={reason}
        onChange={setReason}
        max={500}
        hint="Stays on the trail; partners do not see it."
      />
    </Dialog>
  );
};
