import type React from 'react';

/** Takes the place of parts of AdminJS that this panel has no use for: the top bar with its versions. */
const Nothing: React.FC = () => null;

export default Nothing;
