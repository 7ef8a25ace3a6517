import React from 'react';
import { dollars } from './words.js';

/** Whether the current month of a lease that is ended goes back to the wallet; while it is past due there is none to give back. */
export const RefundChoice: React.FC<{
  priceCents: number;
  isPastDue: boolean;
  refund: boolean | null;
  onChange: (refund: boolean) => void;
}> = ({ priceCents, isPastDue, refund, onChange }) => (
  <fieldset className="lc-choices">
    <legend>The current month</legend>
    {isPastDue ? (
      <p>It is past due and not paid: there is nothing to refund.</p>
    ) : (
      <>
        <label>
          <input type="radio" name="refund" checked={refund === true} onChange={() => onChange(true)} /> Refund{' '}
          {dollars(priceCents)} to the wallet
        </label>
        <label>
          <input type="radio" name="refund" checked={refund === false} onChange={() => onChange(false)} /> No refund
        </label>
      </>
    )}
  </fieldset>
);
