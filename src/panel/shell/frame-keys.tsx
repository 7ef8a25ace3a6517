import React from 'react';
import { searchAnywhereCommand, searchCommand } from '../features/search/search-commands.js';
import type { Command } from '../lib/commands.js';
import { moveRowFocus } from '../lib/row-focus.js';
import { CommandBar } from '../ui/command-bar.js';

const commands: Command[] = [
  searchCommand,
  {
    id: 'move',
    keys: ['j', 'k'],
    label: 'next or previous row',
    repeats: true,
    movesFocus: true,
    run: (key) => moveRowFocus(key === 'j' ? 1 : -1),
  },
  { id: 'follow', keys: ['Tab', 'Enter'], label: 'to a link or button, and through it' },
  searchAnywhereCommand,
  { id: 'confirm', keys: ['Ctrl Enter'], label: 'confirm what a question asks', isHelpOnly: true },
  {
    id: 'close',
    keys: ['Escape'],
    label: 'close what is open over the page, from its search field too',
    isHelpOnly: true,
  },
];

/** The keys that work on every page. A page's own bar takes the place of this one. */
const FrameKeys: React.FC = () => <CommandBar commands={commands} scope="frame" />;

export default FrameKeys;
