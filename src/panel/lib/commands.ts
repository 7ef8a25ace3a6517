import { useEffect, useLayoutEffect, useRef } from 'react';
import { isComposing } from './composing.js';

/** Something that a page can do by a key. One list of them feeds the keys, the bar at the foot and the help. */
export interface Command {
  id: string;
  /** As `KeyboardEvent.key` names them. */
  keys: string[];
  /** Keys that do the same and are not listed. */
  aliases?: string[];
  /** For the bar at the foot. */
  label: string;
  /** For the help, where it is longer than the label. */
  description?: string;
  isHelpOnly?: boolean;
  /** Commands that are not enabled are not listed; their keys say why they do nothing. */
  enabled?: boolean;
  /** Why the command cannot run now. */
  disabledReason?: string | null;
  /** Whether a key that is held down runs it again and again. */
  repeats?: boolean;
  /** Whether it moves the focus itself. */
  movesFocus?: boolean;
  /** Left out where the browser, a field or the frame around the page handles the keys. */
  run?: (key: string) => void;
}

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

const keyLabels: Record<string, string> = {
  ' ': 'Space',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  'Mod k': isMac ? '⌘ K' : 'Ctrl K',
};

export function formatKey(key: string): string {
  return keyLabels[key] ?? key;
}

/** Whether the event is Ctrl (on a Mac ⌘) and the key. */
export function isModKey(event: KeyboardEvent, key: string): boolean {
  const hasModifier = isMac ? event.metaKey : event.ctrlKey;
  return hasModifier && !event.shiftKey && !event.altKey && event.key === key;
}

interface CommandKeysOptions {
  /** The frame's commands run where the page has none for the key. */
  scope?: 'page' | 'frame';
  /** A key was pressed whose command cannot run now. */
  onDisabled?: (why: string, command: Command) => void;
}

/** Runs commands by their keys: not while one types, not under an open dialog, not with Ctrl, Alt or ⌘. */
export function useCommandKeys(commands: Command[], { scope = 'page', onDisabled }: CommandKeysOptions = {}): void {
  // Before the paint, so that a key meets the commands that are seen.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const command = findCommand(commands, event.key);
      if (!command?.run || event.defaultPrevented || isMeantElsewhere(event)) return;
      if (event.repeat && !command.repeats) return;
      event.preventDefault();
      if (command.disabledReason) return onDisabled?.(command.disabledReason, command);
      if (command.enabled === false)
        return onDisabled?.(`“${formatKey(event.key)}”, ${command.label}, is not possible here.`, command);
      // The button that was pressed before would take the Enter and the Space that are meant for what the keys move to.
      if (command.repeats && !command.movesFocus && document.activeElement instanceof HTMLElement)
        document.activeElement.blur();
      command.run(event.key);
    };
    // The window hears a key after the document.
    const target: EventTarget = scope === 'page' ? document : window;
    target.addEventListener('keydown', onKeyDown as EventListener);
    return () => target.removeEventListener('keydown', onKeyDown as EventListener);
  });
}

/**
 * The commands, with something more for one whose key is pressed again before another one's, or a click.
 * @param occasion where it is another one, the key counts as pressed for the first time
 */
export function useRepeatedCommand(
  commands: Command[],
  id: string,
  occasion: number,
  onRepeated: () => void,
): Command[] {
  const last = useRef<{ id: string; occasion: number } | null>(null);
  useEffect(() => {
    const forget = () => (last.current = null);
    document.addEventListener('pointerdown', forget);
    return () => document.removeEventListener('pointerdown', forget);
  }, []);
  return commands.map((command) => ({
    ...command,
    run:
      command.run &&
      ((key) => {
        if (command.id === id && last.current?.id === id && last.current.occasion === occasion) onRepeated();
        last.current = { id: command.id, occasion };
        command.run?.(key);
      }),
  }));
}

function findCommand(commands: Command[], key: string): Command | undefined {
  const ofKey = commands.filter(({ keys, aliases = [] }) => keys.includes(key) || aliases.includes(key));
  return ofKey.find(({ enabled }) => enabled !== false) ?? ofKey[0];
}

function isMeantElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || isComposing(event)) return true;
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
