import { cases } from '../api/cases.mjs';

const BEGIN = '<!-- written by npm run bench -->';
const END = '<!-- end of what npm run bench writes -->';

const whole = (number) => Math.round(number).toLocaleString('en-US');
const two = (number) => number.toFixed(2);
const heads = [
  '',
  'connections',
  'floor, calls/s',
  'service, calls/s',
  'of the floor',
  'floor p50 / p99 ms',
  'service p50 / p99 ms',
  "p99 beside the floor's",
];

/** One line for each case and number of connections, as texts. */
export function toRows(measured) {
  return Object.entries(measured).flatMap(([caseName, byConnections]) =>
    Object.entries(byConnections).map(([connections, { floor, product, ratio, p99Ratio }]) => [
      cases[caseName].title,
      connections,
      whole(floor.throughput),
      whole(product.throughput),
      two(ratio),
      `${floor.p50Ms} / ${floor.p99Ms}`,
      `${product.p50Ms} / ${product.p99Ms}`,
      two(p99Ratio),
    ]),
  );
}

export function toTextTable(rows) {
  const all = [heads, ...rows];
  const widths = heads.map((_head, column) => Math.max(...all.map((row) => row[column].length)));
  const pad = (text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]));
  return all.map((row) => row.map(pad).join('  ')).join('\n');
}

/** What `docs/performance.md` holds between its two marks. */
export function toMarkdown({ date, machine, settings, cases: measured, plain, start }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const memory = start.memoryMb === null ? '' : `, and then holds ${whole(start.memoryMb)} MB`;
  return [
    BEGIN,
    `${date}, ${machine.cores} × ${machine.cpu}, ${machine.memoryGb} GB, ${machine.system}; Node ${machine.node}, PostgreSQL ${machine.postgres}, ${machine.durable ? 'durable' : 'not durable'}. Medians of ${settings.rounds} alternating rounds of ${settings.seconds} s.`,
    '',
    line(heads),
    line(heads.map((_head, column) => (column === 0 ? '---' : '---:'))),
    ...toRows(measured).map(line),
    '',
    `- Renewals: ${whole(plain.renewal.product)} a second, ${two(plain.renewal.ratio)} of one statement of plain SQL (${whole(plain.renewal.plainSql)}).`,
    `- Webhooks: ${whole(plain.webhooks.product)} deliveries a second, ${two(plain.webhooks.ratio)} of the bare SQL of an outbox (${whole(plain.webhooks.plainSql)}).`,
    `- Start: the first answer after ${two(start.seconds)} s${memory}.`,
    END,
  ].join('\n');
}

/** @returns the page with what it holds between the marks replaced */
export function replaceSection(page, markdown) {
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (after === undefined) throw new Error(`The page lacks ${BEGIN} or ${END}`);
  return before + markdown + after;
}
