import React, { useState } from 'react';
import { describeUnusualAmount, isUnusualAmount } from '../../../wallets/unusual-amount.js';
import { parseDollars } from '../../lib/amounts.js';
import { useOverview } from '../../lib/queries.js';
import { Alert } from '../../ui/elements.js';
import { DollarsField } from '../../ui/money-fields.js';
import type { WalletOverview } from './types.js';

/** An unusual amount is confirmed by typing it again. @param changeCents negative where it takes from the wallet */
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
        <DollarsField label="Repeat the amount" typed={typedAgain} onChange={setTypedAgain} emptyHint="To confirm it" />
      </>
    ),
  };
}

function toMissing(typedAgain: string): string {
  return typedAgain.trim() === '' ? 'Repeat the unusual amount to confirm it' : 'The two amounts differ';
}
