/** Where the panel is. */
export const panelPath = '/admin';
