import { useEffect } from 'react';
import { isComposing } from './composing.js';

/** Ctrl+Enter, on a Mac ⌘ Enter, submits the form that has the focus, or that of the open dialog. */
export function useSubmitShortcut(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || isComposing(event) || event.repeat) return;
      const focused = event.target instanceof Element ? event.target.closest('form') : null;
      const form = focused ?? document.querySelector<HTMLFormElement>('dialog[open] form');
      if (!form) return;
      // A focused button or link would be pressed too.
      event.preventDefault();
      form.requestSubmit();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
