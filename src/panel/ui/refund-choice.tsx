import React from 'react';
import { getBusinessNow } from '../lib/business-clock.js';
import { formatDollars } from '../lib/format.js';

/** Whether the month that was paid last is over, though the next one is not paid yet. */
export function isPaidMonthOver(nextRenewalAt: unknown): boolean {
  return Date.parse(String(nextRenewalAt)) <= getBusinessNow();
}

/** Whether the current month of a lease that ends is refunded; a month that is over is not. */
export const RefundChoice: React.FC<{
  priceCents: number;
  isMonthOver: boolean;
  refund: boolean | null;
  onChange: (refund: boolean) => void;
}> = ({ priceCents, isMonthOver, refund, onChange }) => (
  <fieldset className="lc-choices">
    <legend>The current month</legend>
    {isMonthOver ? (
      <p>It is due and not paid: there is nothing to refund.</p>
    ) : (
      <>
        <label>
          <input type="radio" name="refund" checked={refund === true} onChange={() => onChange(true)} /> Refund{' '}
          {formatDollars(priceCents)}
        </label>
        <label>
          <input type="radio" name="refund" checked={refund === false} onChange={() => onChange(false)} /> No refund
        </label>
      </>
    )}
  </fieldset>
);
