import { useRef, useState } from 'react';
import type { Outcome } from './api.js';

/** One submission at a time: a double click is one call, and a refusal stays beside what was typed. */
export function useSubmit(send: () => Promise<Outcome>, onDone: (outcome: Outcome & { done: true }) => void) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const inFlight = useRef(false);
  const submit = async () => {
    if (inFlight.current) return;
    inFlight.current = true;
    setBusy(true);
    setRefusal(null);
    const outcome = await send();
    inFlight.current = false;
    setBusy(false);
    if (outcome.done) onDone(outcome);
    else setRefusal(outcome.sentence);
  };
  return { busy, refusal, submit };
}
