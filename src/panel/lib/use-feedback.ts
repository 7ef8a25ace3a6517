import { useState } from 'react';

/** Why the last action on a page was refused, shown near its button until it is dismissed or something else is done. */
export interface Feedback {
  kind: 'error';
  message: string;
  /** The stable reason of the refusal, where it has one. */
  reason?: string;
}

export function useFeedback(): [Feedback | null, (feedback: Feedback | null) => void] {
  return useState<Feedback | null>(null);
}
