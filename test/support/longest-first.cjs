const { default: Sequencer } = require('@jest/test-sequencer');

/** Take from half a minute to minutes each. By size, as Jest begins where it has no times of an earlier run, they would be last. */
const longest = [
  'process/bench/bench',
  'process/docs/samples',
  'browser/accessibility',
  'browser/reference',
  'process/clients/typescript',
  'process/cli/cli',
  'process/lifecycle/start-and-stop',
  'process/lifecycle/load-balancer',
  'process/database/embedded-postgres',
  'process/demo/demo',
  'process/admin/rebuild',
  'process/clients/python',
  'process/lifecycle/settings',
  'process/renewals/processes',
  'process/openapi',
  'service/sql/statements',
  'service/renewals/three-years',
];

const placeOf = ({ path }) => {
  const place = longest.findIndex((name) => path.endsWith(`/test/${name}.spec.ts`));
  return place < 0 ? longest.length : place;
};

/** So that no worker is left alone at the end with a file that takes minutes. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => placeOf(one) - placeOf(other));
  }
};
