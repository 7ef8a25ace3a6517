import type React from 'react';

/** In place of parts of AdminJS that the panel does not show: the top bar and the version. */
const Empty: React.FC = () => null;

export default Empty;
