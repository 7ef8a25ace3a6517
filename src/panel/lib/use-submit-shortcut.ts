import { useEffect } from 'react';
import { isComposing } from './composing.js';

/** Ctrl+Enter, on a Mac ⌘ Enter, submits the form that has the focus, else that of the open dialog, else the one that the page is. */
export function useSubmitShortcut(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || isComposing(event) || event.repeat) return;
      const form = event.target instanceof Element ? findForm(event.target) : null;
      if (!form) return;
      // A focused button or link would be pressed too.
      event.preventDefault();
      form.requestSubmit();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}

function findForm(target: Element): HTMLFormElement | null {
  const focused = target.closest('form');
  if (focused) return focused;
  const dialog = document.querySelector('dialog[open]');
  if (dialog) return dialog.querySelector('form');
  // On a link the browser opens a tab.
  return target.closest('a') ? null : document.querySelector<HTMLFormElement>('main form.lc-form');
}
