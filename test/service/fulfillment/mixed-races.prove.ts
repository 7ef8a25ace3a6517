import { testMixedRaces } from './mixed-races.js';

testMixedRaces(500);
