/** Where the panel is. */
export const panelPath = '/admin';

/** Style sheets, fonts and the icon; AdminJS's scripts have a place of their own. */
export const assetsPath = '/assets';
