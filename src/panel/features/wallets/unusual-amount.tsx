import React, { useState } from 'react';
import { describeUnusualAmount, isUnusualAmount } from '../../../wallets/unusual-amount.js';
import { parseDollars } from '../../lib/amounts.js';
import { useOverview } from '../../lib/queries.js';
import { Alert } from '../../ui/elements.js';
import { DollarsField } from '../../ui/money-fields.js';
import type { WalletOverview } from './types.js';

/** An amount that looks like a slip of a key is typed once more. @param changeCents negative where it takes from the wallet */
export function useUnusualAmount(organizationId: string, changeCents: number | null) {
  const [typedAgain, setTypedAgain] = useState('');
  const { data } = useOverview<WalletOverview>('wallets', organizationId);
  const isUnusual = data !== undefined && changeCents !== null && isUnusualAmount(changeCents, data.largestCents);
  const isConfirmed = changeCents !== null && parseDollars(typedAgain) === Math.abs(changeCents);
  return {
    isConfirmed: isUnusual && isConfirmed,
    error: isUnusual && !isConfirmed ? toMissing(typedAgain) : null,
    field: isUnusual && (
      <>
        <Alert>{describeUnusualAmount(changeCents, data.largestCents)}. Is it right?</Alert>
        <DollarsField
          label="The same amount once more"
          typed={typedAgain}
          onChange={setTypedAgain}
          emptyHint="To confirm it"
        />
      </>
    ),
  };
}

function toMissing(typedAgain: string): string {
  return typedAgain.trim() === '' ? 'Type the unusual amount once more' : 'The two amounts differ';
}
