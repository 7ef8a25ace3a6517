import React from 'react';
import { MAX_CENTS } from '../../core/money.js';
import { isAmountTooLarge, parseDollars } from '../lib/amounts.js';
import { formatBalance, formatDollars, formatNumber } from '../lib/format.js';
import { Field, getTextError } from './fields.js';

const MAX_REFERENCE_LENGTH = 200;
const tooLargeMessage = `At most ${formatDollars(MAX_CENTS)}`;

/** An amount typed in dollars; below it, exactly what will be booked. */
export const DollarsField: React.FC<{
  label: string;
  typed: string;
  onChange: (typed: string) => void;
  emptyHint?: string;
}> = ({ label, typed, onChange, emptyHint = 'For example 1,250.00' }) => {
  const cents = parseDollars(typed);
  const error = isAmountTooLarge(typed)
    ? tooLargeMessage
    : cents === null
      ? 'Not a valid amount in dollars and cents'
      : null;
  const isEmpty = typed.trim() === '';
  const booked = cents === null ? null : `${formatDollars(cents)}, that is ${formatNumber(cents)} cents`;
  return (
    <Field label={label} hint={isEmpty ? emptyHint : (error ?? booked)}>
      {(id) => (
        <span className="lc-dollars">
          <span aria-hidden="true">$</span>
          <input
            id={id}
            className="lc-input"
            inputMode="decimal"
            autoComplete="off"
            value={typed}
            aria-invalid={(!isEmpty && error !== null) || undefined}
            onChange={(event) => onChange(event.target.value)}
          />
        </span>
      )}
    </Field>
  );
};

/** Why a typed amount cannot be booked; null when it can. */
export function getAmountError(typed: string): string | null {
  const cents = parseDollars(typed);
  if (typed.trim() === '') return 'The amount is missing';
  if (isAmountTooLarge(typed)) return tooLargeMessage;
  if (cents === null) return 'The amount is not valid';
  return cents === 0 ? 'The amount must not be zero' : null;
}

/** The reference that the bank or an invoice has for a payment. */
export const ReferenceField: React.FC<{ hint: string; reference: string; onChange: (reference: string) => void }> = (
  props,
) => (
  <Field label="Reference of the payment" hint={props.hint}>
    {(id) => (
      <input
        id={id}
        className="lc-input"
        autoComplete="off"
        maxLength={MAX_REFERENCE_LENGTH}
        value={props.reference}
        onChange={(event) => props.onChange(event.target.value)}
      />
    )}
  </Field>
);

export function getReferenceError(reference: string): string | null {
  return getTextError('The reference', reference, MAX_REFERENCE_LENGTH);
}

interface BalanceChangeProps {
  beforeCents: number;
  owedCents: number;
  /** Null while there is nothing to preview. */
  changeCents: number | null;
  /** Whether it waits for a second person: nothing changes before they approve it. */
  waits?: boolean;
}

/** The wallet before and after a movement; money that comes in settles first what is owed. */
export const BalanceChange: React.FC<BalanceChangeProps> = ({ beforeCents, owedCents, changeCents, waits = false }) => {
  const change = changeCents ?? 0;
  const settledCents = Math.min(owedCents, Math.max(0, change));
  return (
    <div className="lc-preview lc-preview-row" aria-live="polite">
      <AmountChange
        name="Wallet"
        beforeCents={beforeCents}
        afterCents={beforeCents + change - settledCents}
        waits={waits}
      />
      {owedCents > 0 && (
        <AmountChange name="Owed" beforeCents={owedCents} afterCents={owedCents - settledCents} waits={waits} />
      )}
    </div>
  );
};

/** An amount before and after; what waits for an approval is no change yet. */
export const AmountChange: React.FC<{ name: string; beforeCents: number; afterCents: number; waits?: boolean }> = (
  props,
) => {
  const { name, beforeCents, afterCents, waits } = props;
  if (waits) {
    return (
      <div>
        <div className="lc-faint">{name}, until it is approved</div>
        <b>{formatDollars(beforeCents)}</b>
        <span className="lc-faint"> then {formatBalance(afterCents)}</span>
      </div>
    );
  }
  return (
    <div>
      <div className="lc-faint">{name}</div>
      <b>{formatDollars(beforeCents)}</b>
      <span className="lc-arrow"> → </span>
      <b>{formatBalance(afterCents)}</b>
    </div>
  );
};
