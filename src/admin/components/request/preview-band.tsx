import React, { useEffect, useRef, useState } from 'react';
import { ActionButton, Alert, Chip } from '../kit/parts.js';
import type { Candidate, Fulfil } from '../kit/shapes.js';
import { dayOf, inUtc } from '../kit/times.js';
import { at, dollars, listed } from '../kit/words.js';
import type { Hindrance } from './availability.js';

interface PreviewBandProps {
  fulfil: Fulfil;
  selected: Candidate | null;
  hindrance: Hindrance;
  /** Something is being saved, so nothing else can be done. */
  busy: boolean;
  /** What is being saved is this assignment. */
  assigning: boolean;
  refusal: string | null;
  done: string | null;
  onAssign: (candidate: Candidate) => void;
  onDismiss: () => void;
  /** Set by the page so that the key `a` presses the button. */
  press: React.RefObject<(() => void) | null>;
}

/** What the next click will do, before the click: which account, when it renews, the wallet before and after, the price. */
export const PreviewBand: React.FC<PreviewBandProps> = (props) => {
  const { fulfil, selected, hindrance, busy, assigning, refusal, done, onAssign, onDismiss, press } = props;
  const { wallet, firstRenewalAt } = fulfil;
  const [doubted, setDoubted] = useState<string | null>(null);
  const selectedId = selected?.socialAccountId ?? null;
  useEffect(() => setDoubted(null), [selectedId]);
  const asking = selected !== null && !selected.fits && doubted === selectedId && !hindrance;
  const price = dollars(wallet.priceCents);

  const pressAssign = () => {
    if (!selected || hindrance || busy) return;
    if (!selected.fits) setDoubted(selected.socialAccountId);
    else onAssign(selected);
  };
  (press as React.MutableRefObject<(() => void) | null>).current = pressAssign;

  return (
    <div className="lc-preview-place">
      <section className={`lc-preview ${asking ? 'asking' : ''}`} aria-label="The next assignment">
        <div className="lc-preview-row">
          <div className="lc-preview-who">
            <div className="lc-faint">Selected</div>
            {selected ? (
              <span className="lc-preview-name">
                <span className="lc-ellipsis">
                  <b>{at(selected.handle)}</b>
                  <span title={inUtc(firstRenewalAt)}> · renews {dayOf(firstRenewalAt)}</span>
                </span>
                {!selected.fits && <Chip tone="warn">does not fit</Chip>}
              </span>
            ) : (
              <span className="lc-muted">Choose an account below</span>
            )}
          </div>
          <div className="lc-nowrap">
            <div className="lc-faint">Wallet</div>
            <b>{dollars(wallet.balanceCents)}</b>
            {selected && wallet.balanceCents >= wallet.priceCents && (
              <>
                <span className="lc-arrow"> → </span>
                <b>{dollars(wallet.balanceCents - wallet.priceCents)}</b>
              </>
            )}
            {wallet.balanceCents < wallet.priceCents && (
              <Chip tone="bad">▲ {dollars(wallet.priceCents - wallet.balanceCents)} short</Chip>
            )}
          </div>
          {!asking && (
            <span onClickCapture={stopSecondClick}>
              <ActionButton
                className="primary"
                onClick={pressAssign}
                busy={busy}
                unavailable={hindrance ?? (selected ? null : 'Choose an account first.')}
              >
                {assigning ? 'Assigning…' : `Assign — ${price}`} <kbd>a</kbd>
              </ActionButton>
            </span>
          )}
        </div>
        {hindrance && hindrance !== refusal && <div className="lc-hindrance">▲ {hindrance}</div>}
        {asking && (
          <Doubt
            candidate={selected}
            price={price}
            busy={busy}
            assigning={assigning}
            onConfirm={() => onAssign(selected)}
            onCancel={() => setDoubted(null)}
          />
        )}
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

/** The second click of a double click must not reach the button again, which by then may stand for the next account. */
function stopSecondClick(event: React.MouseEvent): void {
  if (event.detail > 1) event.stopPropagation();
}

const Doubt: React.FC<{
  candidate: Candidate;
  price: string;
  busy: boolean;
  assigning: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}> = ({ candidate, price, busy, assigning, onConfirm, onCancel }) => {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector('button')?.focus(), []);
  const faults = candidate.reasons.filter((reason) => !reason.startsWith('✓')).map((reason) => reason.slice(1).trim());
  return (
    <div className="lc-doubt" ref={box} role="group" aria-label="Confirm an account that does not fit">
      <div className="lc-grow">
        <b>{at(candidate.handle)} falls short of what was asked:</b> {listed(faults)}. Assign it all the same?
      </div>
      <button type="button" className="lc-btn" onClick={onCancel} disabled={busy}>
        Keep looking
      </button>
      <span onClickCapture={stopSecondClick}>
        <button type="button" className="lc-btn primary" onClick={onConfirm} disabled={busy}>
          {assigning ? 'Assigning…' : `Assign anyway — ${price}`}
        </button>
      </span>
    </div>
  );
};
