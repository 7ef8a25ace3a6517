import { useEffect, useState } from 'react';
import type { Fulfil } from '../../lib/types.js';
import { holderOf } from './availability.js';

/** Why the last thing that was tried is not done. What only a colleague's claim forbade is dropped once the claim is over. */
export function useRefusal(fulfil: Fulfil | null) {
  const [refusal, setRefusal] = useState<string | null>(null);
  useEffect(() => {
    if (fulfil && !isHeld(fulfil)) setRefusal((told) => (told !== null && speaksOfClaim(told) ? null : told));
  }, [fulfil]);
  return [refusal, setRefusal] as const;
}

function isHeld(fulfil: Fulfil): boolean {
  return fulfil.request.status === 'requested' && holderOf(fulfil) !== null;
}

/** What says besides how far several assignments came stays true. */
function speaksOfClaim(sentence: string): boolean {
  return / holds (it|this request) until /.test(sentence) && !sentence.includes('Stopped at');
}
