import { useEffect, useRef } from 'react';

/** Focuses the first field of a form when it opens. */
export function useFirstFieldFocus() {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>(':is(input, select, textarea):enabled')?.focus(), []);
  return form;
}
