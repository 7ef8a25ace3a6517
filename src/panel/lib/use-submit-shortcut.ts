import { useEffect, type RefObject } from 'react';
import { isComposing } from './composing.js';

/** Ctrl+Enter, on a Mac ⌘ Enter, anywhere inside the element submits its form. */
export function useSubmitShortcut(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const container = element.current;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || isComposing(event)) return;
      const form = container instanceof HTMLFormElement ? container : container?.querySelector('form');
      form?.requestSubmit();
    };
    container?.addEventListener('keydown', onKeyDown);
    return () => container?.removeEventListener('keydown', onKeyDown);
  }, [element]);
}
