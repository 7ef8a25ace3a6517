import { testMixedRaces } from './mixed-races.js';

// Its long form is `mixed-races.prove.ts`.
testMixedRaces(60);
