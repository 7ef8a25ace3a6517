import { useRef } from 'react';
import { useMutation, type MutationKey } from '@tanstack/react-query';

interface ActionOptions<Answer, Input> {
  /** Right after the answer. */
  onSuccess?: (answer: Answer, input: Input) => void;
  /** Once the page shows what the action changed. */
  onRefreshed?: (answer: Answer, input: Input) => void;
  /** Once the page shows what is so now. */
  onError?: (error: Error) => void;
  mutationKey?: MutationKey;
}

/** A mutation for a button or a form: a second press before the answer does nothing. It is pending until the page is refreshed. */
export function useAction<Answer, Input = void>(
  send: (input: Input) => Promise<Answer>,
  { onSuccess, onRefreshed, onError, mutationKey }: ActionOptions<Answer, Input> = {},
) {
  const isInFlight = useRef(false);
  const { mutate, isPending, error, reset } = useMutation<Answer, Error, Input>({
    mutationKey,
    mutationFn: send,
    onSuccess: (answer, input) => {
      isInFlight.current = false;
      onSuccess?.(answer, input);
    },
    onError: () => {
      isInFlight.current = false;
    },
    onSettled: (answer, failure, input) => {
      if (failure) onError?.(failure);
      else onRefreshed?.(answer as Answer, input);
    },
  });
  const run = (input: Input) => {
    if (isInFlight.current) return;
    isInFlight.current = true;
    mutate(input);
  };
  /** For an input that was corrected. */
  const clearError = () => {
    if (error && !isPending) reset();
  };
  return { run, isPending, error: isPending ? null : (error?.message ?? null), clearError };
}
