import { useEffect, useRef } from 'react';

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** What opens the search from a field too. */
export const searchKeys = isMac ? '⌘ K' : 'Ctrl K';

export type Keys = Record<string, (event: KeyboardEvent) => void>;

/**
 * Single keys that work on a page: not while one types, not under an open dialog, not with Ctrl, Alt or Cmd, not when held down.
 * @param turn the frame's keys work `after the page`: where the page has no use for them
 */
export function useKeys(keys: Keys, turn: 'of the page' | 'after the page' = 'of the page'): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const action = current.current[event.key];
      if (!action || event.defaultPrevented || isMeantElsewhere(event)) return;
      const moves = ['j', 'k', 'ArrowDown', 'ArrowUp'].includes(event.key);
      if (event.repeat && !moves) return;
      event.preventDefault();
      // The button that one pressed before would take the Enter and the Space that are meant for what one moves to.
      if (moves && document.activeElement instanceof HTMLElement) document.activeElement.blur();
      action(event);
    };
    const place = turn === 'of the page' ? document : window;
    place.addEventListener('keydown', onKeyDown as EventListener);
    return () => place.removeEventListener('keydown', onKeyDown as EventListener);
  }, [turn]);
}

function isMeantElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  if (document.querySelector('dialog[open]')) return true;
  const target = event.target instanceof HTMLElement ? event.target : null;
  if (!target) return false;
  if (isTextField(target)) return true;
  if (event.key === ' ' && target instanceof HTMLInputElement) return true;
  if (event.key.startsWith('Arrow') && target instanceof HTMLInputElement && target.type === 'radio') return true;
  return ['Enter', ' '].includes(event.key) && target.closest('a, button, summary, [role="button"]') !== null;
}

function isTextField(element: HTMLElement): boolean {
  if (element instanceof HTMLInputElement) return !['radio', 'checkbox', 'button', 'submit'].includes(element.type);
  return element.isContentEditable || ['TEXTAREA', 'SELECT'].includes(element.tagName);
}
