import { useEffect, useRef } from 'react';

/** Gives the focus to the first field of a form that opens, so that one can type at once. */
export function useFirstField() {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>(':is(input, select, textarea):enabled')?.focus(), []);
  return form;
}
