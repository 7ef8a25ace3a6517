import React, { useEffect, useRef } from 'react';
import { Dialog } from '../../ui/dialog.js';
import type { Outcome } from '../../lib/api.js';
import { ActionButton, Alert, Bar, Chip } from '../../ui/elements.js';
import type { Candidate, Fulfil } from '../../lib/types.js';
import { dayOf, inUtc } from '../../ui/times.js';
import { at, formatDollars, howMany, listed } from '../../lib/format.js';
import type { Hindrance } from './availability.js';
import { doubtsAbout } from './warnings.js';
import { thenLasts } from './outlook.js';
import type { Progress } from './use-request.js';

interface PreviewBandProps {
  fulfil: Fulfil;
  /** What the button assigns: those that are marked, else the one that is selected. */
  next: Candidate[];
  /** Whether they are marked: then it is asked once before they are assigned. */
  marked: boolean;
  hindrance: Hindrance;
  /** Something is being saved, so nothing else can be done. */
  busy: boolean;
  /** What is being saved is an assignment. */
  progress: Progress | null;
  refusal: string | null;
  done: string | null;
  /** The one account about which it is asked whether it is really meant. */
  doubted: Candidate | null;
  now: number;
  onPress: () => void;
  onConfirm: (candidate: Candidate) => void;
  onCancel: () => void;
  onDismiss: () => void;
}

/** What the next click will do, before the click: which accounts, when they renew, the wallet before and after, the price. */
export const PreviewBand: React.FC<PreviewBandProps> = (props) => {
  const { fulfil, next, marked, hindrance, busy, progress, refusal, done, doubted, now, onPress, onDismiss } = props;
  const { wallet, firstRenewalAt } = fulfil;
  const cost = Math.max(1, next.length) * wallet.priceCents;
  const asking = doubted !== null && !hindrance;
  return (
    <div className="lc-preview-place">
      <section className={`lc-preview ${asking ? 'asking' : ''}`} aria-label="The next assignment">
        <div className="lc-preview-row">
          <div className="lc-preview-who">
            <div className="lc-faint">
              {marked ? 'Marked' : 'Selected'}
              {next.length > 0 && (
                <span title={inUtc(firstRenewalAt)}>
                  {' '}
                  · {next.length > 1 ? 'renew' : 'renews'} {dayOf(firstRenewalAt)}
                </span>
              )}
            </div>
            <Who next={doubted ? [doubted] : next} now={now} />
          </div>
          <div className="lc-nowrap">
            <div className="lc-faint">Wallet</div>
            <b>{formatDollars(wallet.balanceCents)}</b>
            {next.length > 0 && wallet.balanceCents >= cost && (
              <>
                <span className="lc-arrow"> → </span>
                <b>{formatDollars(wallet.balanceCents - cost)}</b>
              </>
            )}
            {wallet.balanceCents < cost && <Chip tone="bad">▲ {formatDollars(cost - wallet.balanceCents)} short</Chip>}
          </div>
          {next.length > 0 && wallet.balanceCents >= cost && (
            <div className="lc-nowrap" title={`Renewal of the new ones: ${inUtc(firstRenewalAt)}`}>
              <div className="lc-faint">Then lasts</div>
              <b>{thenLasts(fulfil, next.length, now)}</b>
            </div>
          )}
          {!asking && (
            <span onClickCapture={stopSecondClick}>
              <ActionButton
                className="primary"
                onClick={onPress}
                busy={busy}
                unavailable={hindrance ?? (next.length > 0 ? null : 'Choose an account first.')}
              >
                {progress ? 'Assigning…' : pressed(next.length, cost)} <kbd>a</kbd>
              </ActionButton>
            </span>
          )}
        </div>
        {progress && progress.whole > 1 && (
          <div className="lc-assigning" role="status">
            <span>
              <b>
                {progress.at}/{progress.whole}
              </b>{' '}
              {at(progress.handle)}
            </span>
            <Bar part={progress.at} whole={progress.whole} wide />
          </div>
        )}
        {hindrance && !refusal && <div className="lc-hindrance">▲ {hindrance}</div>}
        {asking && <Doubt {...props} candidate={doubted} price={formatDollars(wallet.priceCents)} />}
      </section>
      {refusal && <Alert onClose={onDismiss}>{refusal}</Alert>}
      <div role="status" className={done && !refusal ? 'lc-done' : 'lc-unseen'}>
        {done && !refusal && (
          <>
            <span aria-hidden="true">✓ </span>
            {done}
          </>
        )}
      </div>
    </div>
  );
};

function pressed(count: number, cost: number): string {
  return count > 1 ? `Assign ${count} — ${formatDollars(cost)}` : `Assign — ${formatDollars(cost)}`;
}

const Who: React.FC<{ next: Candidate[]; now: number }> = ({ next, now }) => {
  const [first] = next;
  if (!first) return <span className="lc-muted">Choose an account below</span>;
  const doubtful = next.filter((one) => doubtsAbout(one, now).length > 0).length;
  return (
    <span className="lc-preview-name">
      <span className="lc-ellipsis">
        <b>{next.length > 1 ? howMany(next.length, 'account') : at(first.handle)}</b>
      </span>
      {!first.fits && next.length === 1 && <Chip tone="warn">does not fit</Chip>}
      {next.length > 1 && doubtful > 0 && <Chip tone="warn">{doubtful} doubtful</Chip>}
    </span>
  );
};

/** The second click of a double click must not reach the button again, which by then may stand for the next account. */
function stopSecondClick(event: React.MouseEvent): void {
  if (event.detail > 1) event.stopPropagation();
}

const Doubt: React.FC<PreviewBandProps & { candidate: Candidate; price: string }> = (props) => {
  const { candidate, price, busy, progress, now, onConfirm, onCancel } = props;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector('button')?.focus(), []);
  const what = candidate.fits ? '' : ' falls short of what was asked';
  return (
    <div className="lc-doubt" ref={box} role="group" aria-label="Confirm an account that does not fit">
      <div className="lc-grow">
        <b>
          {at(candidate.handle)}
          {what}:
        </b>{' '}
        {listed(doubtsAbout(candidate, now))}. Assign it all the same?
      </div>
      <button type="button" className="lc-btn" onClick={onCancel} disabled={busy}>
        Keep looking
      </button>
      <span onClickCapture={stopSecondClick}>
        <button type="button" className="lc-btn primary" onClick={() => onConfirm(candidate)} disabled={busy}>
          {progress ? 'Assigning…' : `Assign anyway — ${price}`}
        </button>
      </span>
    </div>
  );
};

/** The one question before what is marked is assigned. */
export const AssignSeveralDialog: React.FC<{
  fulfil: Fulfil;
  accounts: Candidate[];
  now: number;
  assign: () => Promise<Outcome>;
  onClose: () => void;
}> = ({ fulfil, accounts, now, assign, onClose }) => {
  const { wallet, request, firstRenewalAt } = fulfil;
  const cost = accounts.length * wallet.priceCents;
  const doubtful = accounts.filter((one) => doubtsAbout(one, now).length > 0);
  const short = cost > wallet.balanceCents;
  return (
    <Dialog
      title={`Assign ${howMany(accounts.length, 'account')} to ${request.partner.name}`}
      confirm={`Assign ${accounts.length} — ${formatDollars(cost)}`}
      missing={short ? `The wallet pays for ${wallet.covers} of them` : null}
      onConfirm={assign}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>
          {accounts.length} × {formatDollars(wallet.priceCents)}:{' '}
          {short ? (
            <>
              the wallet holds {formatDollars(wallet.balanceCents)},{' '}
              <b>{formatDollars(cost - wallet.balanceCents)} too little</b>. Unmark some, or have it topped up first.
            </>
          ) : (
            <>
              the wallet goes from {formatDollars(wallet.balanceCents)} to{' '}
              <b>{formatDollars(wallet.balanceCents - cost)}</b> and then lasts{' '}
              {thenLasts(fulfil, accounts.length, now)}.
            </>
          )}
        </li>
        <li>
          {accounts.length === 1 ? 'It renews' : 'All of them renew'} on {dayOf(firstRenewalAt)}.
        </li>
        {accounts.length > 1 && (
          <li>They are assigned one by one; at the first refusal it stops and says what was done.</li>
        )}
        {doubtful.map((one) => (
          <li key={one.socialAccountId}>
            <b>{at(one.handle)}</b>: {listed(doubtsAbout(one, now))}
          </li>
        ))}
      </ul>
      <div className="lc-chips lc-several">
        {accounts.map(({ socialAccountId, handle }) => (
          <Chip key={socialAccountId}>{at(handle)}</Chip>
        ))}
      </div>
    </Dialog>
  );
};
