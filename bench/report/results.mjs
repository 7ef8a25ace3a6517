import { median } from '../quantile.mjs';

/**
 * What `bench/results.json` holds: what was measured, rounded to what means something.
 * @param measured by `measureCases`, `measureRenewals`, `measureWebhooks` and `measureStart`; `null` for what was not
 */
export function toResults(machine, settings, { cases, renewal, webhooks, start }) {
  const compared = mapValues(cases, (byConnections) => mapValues(byConnections, compare));
  const plain = mapValues(withoutNulls({ renewal, webhooks }), toPlain);
  return {
    machine,
    date: new Date().toISOString().slice(0, 10),
    settings,
    ratios: { ...mapValues(compared, lowestRatio), ...mapValues(plain, ({ ratio }) => ratio) },
    cases: compared,
    plain,
    start: start && {
      seconds: round(start.startMs / 1_000, 2),
      memoryMb: start.memoryBytes && round(start.memoryBytes / 1e6, 0),
    },
  };
}

/** Both sides of a case and how they compare: `ratio` is the median of the rounds' ratios. */
export function compare({ floor, product }) {
  const ratios = product.throughputs.map((throughput, n) => throughput / floor.throughputs[n]);
  return {
    floor: toFigures(floor),
    product: toFigures(product),
    ratio: round(median(ratios), 2),
    p99Ratio: round(product.p99Ms / floor.p99Ms, 2),
  };
}

function toFigures({ throughput, p50Ms, p99Ms }) {
  return { throughput: round(throughput, 0), p50Ms: round(p50Ms, 1), p99Ms: round(p99Ms, 1) };
}

function toPlain({ product, plainSql, ratio }) {
  return { product: round(product, 0), plainSql: round(plainSql, 0), ratio: round(ratio, 2) };
}

const lowestRatio = (byConnections) => Math.min(...Object.values(byConnections).map(({ ratio }) => ratio));
const withoutNulls = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));

function round(number, digits) {
  return Number(number.toFixed(digits));
}
