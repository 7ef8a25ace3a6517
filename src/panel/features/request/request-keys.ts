import type { KeyHelp } from '../../ui/help.js';
import type { Fulfil } from '../../lib/types.js';

/** The keys of a request's page, as its foot and its help list them; only those that do something now. */
export function keysOf({ request, may }: Fulfil, undoable: boolean): KeyHelp[] {
  const open = request.status === 'requested';
  const keys: (KeyHelp | false)[] = [
    open && may.assign && [['j', 'k'], 'move'],
    open && may.assign && [['Space'], 'mark'],
    open && may.assign && [['a'], 'assign'],
    may.claim && [['c'], 'claim'],
    may.note && [['n'], 'note'],
    undoable && [['u'], 'undo'],
    open && may.note && [['e'], request.assignedCount > 0 ? 'close short' : 'reject'],
    open && [['/'], 'search the pool'],
    [[']'], 'next request'],
    [['Esc'], 'back to the queue'],
  ];
  return keys.filter((key): key is KeyHelp => key !== false);
}
