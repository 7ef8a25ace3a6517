import React from 'react';
import { Field, textFault } from '../../ui/dialog.js';
import { formatDollars } from '../../lib/format.js';
import { MAX_CENTS } from '../../../core/money.js';
import { centsOf, isTooLarge } from './amounts.js';

const LONGEST_REFERENCE = 200;
const theMost = `The most at once is ${formatDollars(MAX_CENTS)}`;

/** An amount typed in dollars; beneath it, exactly what will be booked. */
export const DollarsField: React.FC<{
  label: string;
  typed: string;
  onChange: (typed: string) => void;
  /** What is said while nothing is typed. */
  emptyHint?: string;
}> = ({ label, typed, onChange, emptyHint = 'For example 1,250.00' }) => {
  const cents = centsOf(typed);
  const fault = isTooLarge(typed) ? theMost : cents === null ? 'Not an amount in dollars and cents' : null;
  const isEmpty = typed.trim() === '';
  const booked = cents === null ? null : `${formatDollars(cents)}, that is ${cents.toLocaleString('en-US')} cents`;
  return (
    <Field label={label} hint={isEmpty ? emptyHint : (fault ?? booked)}>
      {(id) => (
        <span className="lc-dollars">
          <span aria-hidden="true">$</span>
          <input
            id={id}
            className="lc-input"
            inputMode="decimal"
            autoComplete="off"
            value={typed}
            aria-invalid={(!isEmpty && fault !== null) || undefined}
            onChange={(event) => onChange(event.target.value)}
          />
        </span>
      )}
    </Field>
  );
};

/** What is wrong with a typed amount, or null. */
export function amountFault(typed: string): string | null {
  const cents = centsOf(typed);
  if (typed.trim() === '') return 'The amount is missing';
  if (isTooLarge(typed)) return theMost;
  if (cents === null) return 'The amount is not in dollars and cents';
  return cents === 0 ? 'The amount is nothing' : null;
}

/** What a payment is called outside the house. */
export const ReferenceField: React.FC<{ hint: string; reference: string; onChange: (reference: string) => void }> = (
  props,
) => (
  <Field label="Reference of the payment" hint={props.hint}>
    {(id) => (
      <input
        id={id}
        className="lc-input"
        autoComplete="off"
        maxLength={LONGEST_REFERENCE}
        value={props.reference}
        onChange={(event) => props.onChange(event.target.value)}
      />
    )}
  </Field>
);

/** What is wrong with a reference, or null. */
export function referenceFault(reference: string): string | null {
  return textFault('The reference', reference, LONGEST_REFERENCE);
}

/** The wallet before and after; what comes in settles first what is owed. */
export const BeforeAndAfter: React.FC<{ beforeCents: number; owedCents: number; changeCents: number | null }> = (
  props,
) => {
  const { beforeCents, owedCents, changeCents } = props;
  const change = changeCents ?? 0;
  const settled = Math.min(owedCents, Math.max(0, change));
  return (
    <div className="lc-preview lc-preview-row" aria-live="polite">
      <Change name="Wallet" before={beforeCents} after={beforeCents + change - settled} />
      {owedCents > 0 && <Change name="Owed" before={owedCents} after={owedCents - settled} />}
    </div>
  );
};

const Change: React.FC<{ name: string; before: number; after: number }> = ({ name, before, after }) => (
  <div>
    <div className="lc-faint">{name}</div>
    <b>{formatDollars(before)}</b>
    <span className="lc-arrow"> → </span>
    <b>{after < 0 ? `−${formatDollars(-after)}` : formatDollars(after)}</b>
  </div>
);
