import React, { useEffect, useRef } from 'react';
import type { Command } from '../../lib/commands.js';
import { formatCount, formatDollars, formatHandle, formatList } from '../../lib/format.js';
import { formatDay, formatUtc } from '../../lib/times.js';
import type { Feedback } from '../../lib/use-feedback.js';
import { CommandButton } from '../../ui/command-bar.js';
import { Alert, Chip, ProgressBar } from '../../ui/elements.js';
import { describeTakenFromEarlier } from './taken-from-earlier.js';
import { formatRunwayAfter } from './runway.js';
import type { Candidate, RequestView } from './types.js';
import type { AssignProgress } from './use-request.js';
import { getWarnings, hasWarnings } from './warnings.js';

interface AssignmentPreviewProps {
  view: RequestView;
  command: Command;
  /** What the button assigns: the marked accounts, else the selected one. */
  chosen: Candidate[];
  isMarked: boolean;
  disabledReason: string | null;
  isBusy: boolean;
  progress: AssignProgress | null;
  feedback: Feedback | null;
  /** The account whose warnings are to be confirmed. */
  confirming: Candidate | null;
  now: number;
  onConfirm: (candidate: Candidate) => void;
  onCancel: () => void;
  onDismiss: () => void;
}

/** What the next click will do: which accounts, when they renew, the wallet before and after, the price. */
export const AssignmentPreview: React.FC<AssignmentPreviewProps> = (props) => {
  const { view, command, chosen, isMarked, disabledReason, isBusy, progress, feedback, confirming, now } = props;
  const costCents = Math.max(1, chosen.length) * view.wallet.priceCents;
  const taken = describeTakenFromEarlier(view, chosen);
  const isConfirming = confirming !== null && !disabledReason;
  return (
    <div className="lc-preview-place">
      <section className={`lc-preview ${isConfirming ? 'asking' : ''}`} aria-label="The next assignment">
        <div className="lc-preview-row">
          <div className="lc-preview-who">
            <div className="lc-faint">
              {isMarked ? 'Marked' : 'Selected'}
              {chosen.length > 0 && (
                <span title={formatUtc(view.firstRenewalAt)}>
                  {' '}
                  · {chosen.length > 1 ? 'renew' : 'renews'} {formatDay(view.firstRenewalAt)}
                </span>
              )}
            </div>
            <ChosenAccounts chosen={confirming ? [confirming] : chosen} now={now} />
          </div>
          <WalletChange view={view} chosenCount={chosen.length} costCents={costCents} now={now} />
          {!isConfirming && (
            <span onClickCapture={ignoreSecondClick}>
              <CommandButton command={command} className="primary" busy={isBusy}>
                {progress ? 'Assigning…' : getAssignLabel(chosen.length, costCents)}
              </CommandButton>
            </span>
          )}
        </div>
        {progress && progress.total > 1 && (
          <div className="lc-assigning" role="status">
            <span>
              <b>
                {progress.index}/{progress.total}
              </b>{' '}
              {formatHandle(progress.handle)}
            </span>
            <ProgressBar part={progress.index} whole={progress.total} wide />
          </div>
        )}
        {taken && !disabledReason && <div className="lc-taken">▲ {taken}</div>}
        {disabledReason && feedback?.kind !== 'error' && <div className="lc-disabled-reason">▲ {disabledReason}</div>}
        {isConfirming && <WarningConfirmation {...props} candidate={confirming} />}
      </section>
      {feedback?.kind === 'error' && <Alert onClose={props.onDismiss}>{feedback.message}</Alert>}
    </div>
  );
};

export function getAssignLabel(count: number, costCents: number): string {
  return count > 1 ? `Assign ${count} — ${formatDollars(costCents)}` : `Assign — ${formatDollars(costCents)}`;
}

const ChosenAccounts: React.FC<{ chosen: Candidate[]; now: number }> = ({ chosen, now }) => {
  const [first] = chosen;
  if (!first) return <span className="lc-muted">Choose an account below</span>;
  const isOne = chosen.length === 1;
  const warningCount = chosen.filter((candidate) => hasWarnings(candidate, now)).length;
  return (
    <span className="lc-preview-name">
      <span className="lc-ellipsis">
        <b>{isOne ? formatHandle(first.handle) : formatCount(chosen.length, 'account')}</b>
      </span>
      {isOne && !first.fits && <Chip tone="warn">does not fit</Chip>}
      {!isOne && warningCount > 0 && <Chip tone="warn">{warningCount} with warnings</Chip>}
    </span>
  );
};

const WalletChange: React.FC<{ view: RequestView; chosenCount: number; costCents: number; now: number }> = (props) => {
  const { view, chosenCount, costCents, now } = props;
  const { balanceCents } = view.wallet;
  const isCovered = balanceCents >= costCents;
  return (
    <>
      <div className="lc-nowrap">
        <div className="lc-faint">Wallet</div>
        <b>{formatDollars(balanceCents)}</b>
        {chosenCount > 0 && isCovered && (
          <>
            <span className="lc-arrow"> → </span>
            <b>{formatDollars(balanceCents - costCents)}</b>
          </>
        )}
        {!isCovered && <Chip tone="bad">▲ {formatDollars(costCents - balanceCents)} short</Chip>}
      </div>
      {chosenCount > 0 && isCovered && (
        <div className="lc-nowrap" title={`Renewal of the new ones: ${formatUtc(view.firstRenewalAt)}`}>
          <div className="lc-faint">Then lasts</div>
          <b>{formatRunwayAfter(view, chosenCount, now)}</b>
        </div>
      )}
    </>
  );
};

/** The button may stand for the next account by the second click of a double click. */
function ignoreSecondClick(event: React.MouseEvent): void {
  if (event.detail > 1) event.stopPropagation();
}

const WarningConfirmation: React.FC<AssignmentPreviewProps & { candidate: Candidate }> = (props) => {
  const { candidate, view, isBusy, progress, now, onConfirm, onCancel } = props;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector('button')?.focus(), []);
  const price = formatDollars(view.wallet.priceCents);
  return (
    <div className="lc-warning" ref={box} role="group" aria-label="Confirm an account that does not fit">
      <div className="lc-grow">
        <b>
          {formatHandle(candidate.handle)}
          {!candidate.fits && ' does not fully match'}:
        </b>{' '}
        {formatList(getWarnings(candidate, now))}. Assign it anyway?
      </div>
      <button type="button" className="lc-btn" onClick={onCancel} disabled={isBusy}>
        Keep looking
      </button>
      <span onClickCapture={ignoreSecondClick}>
        <button type="button" className="lc-btn primary" onClick={() => onConfirm(candidate)} disabled={isBusy}>
          {progress ? 'Assigning…' : `Assign anyway — ${price}`}
        </button>
      </span>
    </div>
  );
};
