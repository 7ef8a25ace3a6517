export const panelPath = '/admin';

/** Of style sheets, fonts and the icon, below `panelPath`. */
export const assetsPath = '/assets';
