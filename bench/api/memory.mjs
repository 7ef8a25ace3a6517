import { driveAndCount } from './measure.mjs';
import { stocks } from './stock.mjs';

const SAMPLES = 20;
const CONNECTIONS = 16;
const CASES = ['accept', 'replay', 'poll'];

/**
 * Reads the service's memory between calls of several cases.
 * @returns the samples, and the slope of a line through those of the second half; the first half fills pools and caches
 * @throws Error where the system does not tell a process's memory
 */
export async function measureMemory(side, drive, calls) {
  if (side.readMemoryBytes() === null) throw new Error('This system does not tell how much memory a process has.');
  const stockOf = Object.fromEntries(await Promise.all(CASES.map(async (name) => [name, await stocks[name](side)])));
  const share = Math.ceil(calls / SAMPLES / CASES.length);
  const samples = [];
  for (let n = 1; n <= SAMPLES; n += 1) {
    for (const caseName of CASES) {
      const run = { caseName, connections: CONNECTIONS, stock: stockOf[caseName], maxCalls: share };
      await driveAndCount(side, drive, run);
    }
    samples.push({ calls: n * share * CASES.length, megabytes: side.readMemoryBytes() / 1e6 });
  }
  return { samples, megabytesPer100kCalls: toSlope(samples.slice(SAMPLES / 2)) * 100_000 };
}

/** Least squares. */
function toSlope(samples) {
  const mean = (key) => samples.reduce((sum, sample) => sum + sample[key], 0) / samples.length;
  const [calls, megabytes] = [mean('calls'), mean('megabytes')];
  const sum = (product) => samples.reduce((total, sample) => total + product(sample), 0);
  return (
    sum((sample) => (sample.calls - calls) * (sample.megabytes - megabytes)) /
    sum((sample) => (sample.calls - calls) ** 2)
  );
}
