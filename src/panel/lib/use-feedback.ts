import { useEffect, useState } from 'react';

/** What the last action on a page came to, shown near its button. */
export interface Feedback {
  kind: 'done' | 'error' | 'idle';
  message: string;
}

const SHOWN_MS = 8_000;

/** Errors stay until they are dismissed or something else is done; the rest goes by itself. */
export function useFeedback(): [Feedback | null, (feedback: Feedback | null) => void] {
  const [feedback, setFeedback] = useState<Feedback | null>(null);
  useEffect(() => {
    if (!feedback || feedback.kind === 'error') return;
    const timer = setTimeout(() => setFeedback(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [feedback]);
  return [feedback, setFeedback];
}
