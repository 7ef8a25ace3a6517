import type { Command } from '../../lib/commands.js';
import { isOperator, useStaff } from '../../lib/staff.js';
import type { QueueRow } from '../../lib/types.js';
import { searchCommand } from '../search/search-commands.js';

interface QueueHandlers {
  move: (by: number) => void;
  open: (row: QueueRow) => void;
  toggleClaim: (row: QueueRow) => void;
  note: (row: QueueRow) => void;
  toggleMark: (row: QueueRow) => void;
  serveNext: () => void;
  focusSearch: () => void;
  refresh: () => void;
}

/** @param selected the row that most of them act on */
export function useQueueCommands(selected: QueueRow | null, handlers: QueueHandlers) {
  const mayWork = isOperator(useStaff());
  const onSelected = (handle: (row: QueueRow) => void) => () => {
    if (selected) handle(selected);
  };
  const disabledReason = selected ? null : 'No request is selected.';
  const serveNext: Command = {
    id: 'serve-next',
    keys: ['s'],
    label: 'serve next',
    enabled: mayWork,
    run: handlers.serveNext,
  };
  const commands: Command[] = [
    {
      id: 'move',
      keys: ['j', 'k'],
      aliases: ['ArrowDown', 'ArrowUp'],
      label: 'move',
      repeats: true,
      run: (key) => handlers.move(key === 'j' || key === 'ArrowDown' ? 1 : -1),
    },
    { id: 'open', keys: ['Enter'], label: 'open', disabledReason, run: onSelected(handlers.open) },
    {
      id: 'claim',
      keys: ['c'],
      label: 'claim',
      enabled: mayWork,
      disabledReason,
      run: onSelected(handlers.toggleClaim),
    },
    { id: 'note', keys: ['n'], label: 'note', enabled: mayWork, disabledReason, run: onSelected(handlers.note) },
    {
      id: 'mark',
      keys: ['x'],
      label: 'mark',
      enabled: mayWork,
      disabledReason,
      run: onSelected(handlers.toggleMark),
    },
    serveNext,
    {
      ...searchCommand,
      description:
        'search for a request, partner, note, handle, key, amount or page; Esc empties the field and leaves it',
      run: handlers.focusSearch,
    },
    { id: 'refresh', keys: ['r'], label: 'refresh now', isHelpOnly: true, run: handlers.refresh },
  ];
  return { commands, serveNext };
}
