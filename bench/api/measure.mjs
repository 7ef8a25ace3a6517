import { median } from '../quantile.mjs';
import { cases, counted } from './cases.mjs';
import { stocks } from './stock.mjs';

/** What serves for one call only is not measured for longer than this. */
const USED_UP_SECONDS = 2;
const WARM_UP_SECONDS = 1;
/** More calls a second than any side makes: the stock for a run. */
const MAX_RATE = { floor: 4_000, product: 2_000 };
/** Releases are of what was assigned before; a run is over when its share of them is. */
const RELEASE_RATE = 500;

/**
 * Drives the sides by turns, one case after the other.
 * @param sides as {@link openSides} opens them
 * @returns by case, number of connections and side: the medians of all rounds, and the throughput of each
 */
export async function measureCases(sides, drive, { caseNames, connections, rounds, seconds, wallets, onCase }) {
  const measured = {};
  for (const caseName of caseNames) {
    const runSeconds = cases[caseName].isUsedUp ? Math.min(seconds, USED_UP_SECONDS) : seconds;
    const runCount = connections.length * (rounds + 1);
    const stockOf = new Map();
    for (const side of sides) {
      stockOf.set(side, await prepareStock(side, drive, caseName, { runSeconds, runCount, wallets }));
    }
    measured[caseName] = {};
    for (const count of connections) {
      const results = await takeTurns(sides, rounds, (side, isWarmUp) => {
        const limit = isWarmUp ? Math.min(WARM_UP_SECONDS, runSeconds) : runSeconds;
        return driveAndCount(side, drive, { caseName, connections: count, seconds: limit, stock: stockOf.get(side)() });
      });
      measured[caseName][count] = results;
      onCase?.(caseName, count, results);
    }
  }
  return measured;
}

/** After a round that only warms up. Each side is first in every other round. */
async function takeTurns(sides, rounds, drive) {
  const results = new Map(sides.map((side) => [side, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      const result = await drive(side, round === 0);
      if (round > 0) results.get(side).push(result);
    }
  }
  return Object.fromEntries([...results].map(([{ name }, list]) => [name, summarize(list)]));
}

/** @returns what gives each run its stock: its share of what is used up, else all of it */
async function prepareStock(side, drive, caseName, { runSeconds, runCount, wallets }) {
  const rate = caseName === 'release' ? RELEASE_RATE : (MAX_RATE[side.name] ?? MAX_RATE.product);
  const share = Math.ceil(runSeconds * rate);
  const assign = (stock) => driveAndCount(side, drive, { caseName: 'assign-spread', connections: 16, stock });
  const stock = await stocks[caseName](side, share * runCount, { assign, wallets });
  await side.client.query('VACUUM (ANALYZE)');
  return () => (cases[caseName].isUsedUp ? stock.splice(0, share) : stock);
}

/** @throws Error where the database does not hold exactly what the answers say */
export async function driveAndCount(side, drive, run) {
  const before = await countRows(side);
  const result = await drive({ ...run, origins: side.origins });
  const after = await countRows(side);
  for (const what of Object.keys(counted)) {
    const added = after[what] - before[what];
    const expected = result.calls * (cases[run.caseName].writes[what] ?? 0);
    if (added !== expected) {
      throw new Error(`${run.caseName}, ${side.name}: ${result.calls} calls added ${added} ${what}, not ${expected}`);
    }
  }
  return result;
}

async function countRows({ client }) {
  const counts = Object.entries(counted).map(([what, source]) => `(SELECT count(*) FROM ${source})::int AS ${what}`);
  const { rows } = await client.query(`SELECT ${counts.join(', ')}`);
  return rows[0];
}

function summarize(results) {
  const throughputs = results.map(({ calls, seconds }) => calls / seconds);
  return {
    throughput: median(throughputs),
    p50Ms: median(results.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(results.map(({ p99Ms }) => p99Ms)),
    throughputs,
  };
}
