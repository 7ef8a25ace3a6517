import type { Command } from '../../lib/commands.js';

/** Opens the search where the page has no search field of its own. */
export const searchCommand: Command = { id: 'search', keys: ['/'], label: 'search' };

/** Opens the search from a text field too. */
export const searchAnywhereCommand: Command = {
  id: 'search-anywhere',
  keys: ['Mod k'],
  label: 'search, from a field too',
  isHelpOnly: true,
};
