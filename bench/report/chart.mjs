import { cases } from '../api/cases.mjs';

const [WIDTH, LABEL_WIDTH, BAR_HEIGHT, GROUP_GAP, TOP] = [860, 240, 16, 14, 64];
const PLOT_WIDTH = WIDTH - LABEL_WIDTH - 200;

/** A bar for each case and number of connections: the service's throughput, of the floor's. Readable in light and dark. */
export function toSvg({ date, machine, cases: measured }) {
  const entries = Object.entries(measured);
  const connections = Object.keys(entries[0][1]);
  const groupHeight = connections.length * BAR_HEIGHT + GROUP_GAP;
  const height = TOP + entries.length * groupHeight + 24;
  const most = Math.max(1, ...entries.flatMap(([, by]) => Object.values(by).map(({ ratio }) => ratio)));
  const toX = (ratio) => LABEL_WIDTH + (ratio / most) * PLOT_WIDTH;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">Throughput as a share of the floor's</title>
<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .small { font-size: 12px; fill: #59636e; paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
  .back { fill: #ffffff }
  .line { stroke: #afb8c1; stroke-dasharray: 3 3 }
  .bar0 { fill: #0b6bcb }
  .bar1 { fill: #12806a }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .small { fill: #9198a1; stroke: #0d1117 }
    .back { fill: #0d1117 }
    .line { stroke: #3d444d }
    .bar0 { fill: #58a6ff }
    .bar1 { fill: #3fb990 }
  }
</style>
<rect class="back" width="${WIDTH}" height="${height}"/>
<text x="16" y="24">Throughput as a share of the floor's</text>
<text class="small" x="16" y="44">${escape(`${date}, ${machine.cores} × ${machine.cpu}, Node ${machine.node}`)}</text>
${connections.map((count, n) => toLegend(count, n)).join('\n')}
${[0.25, 0.5, 0.75, 1].map((ratio) => toGridLine(ratio, toX(ratio), height)).join('\n')}
${entries.map(([caseName, by], n) => toGroup(caseName, by, TOP + n * groupHeight, toX)).join('\n')}
</svg>
`;
}

function toLegend(count, n) {
  const x = WIDTH - 330 + n * 160;
  return `<rect class="bar${n % 2}" x="${x}" y="14" width="12" height="12"/><text x="${x + 18}" y="24">${count} connections</text>`;
}

function toGridLine(ratio, x, height) {
  return `<line class="line" x1="${x}" x2="${x}" y1="${TOP - 6}" y2="${height - 20}"/><text class="small" x="${x}" y="${height - 6}" text-anchor="middle">${ratio}</text>`;
}

function toGroup(caseName, byConnections, y, toX) {
  const bars = Object.values(byConnections).map(({ ratio, product, floor }, n) => {
    const top = y + n * BAR_HEIGHT;
    const told = `${ratio.toFixed(2)}, ${product.throughput.toLocaleString('en-US')} of ${floor.throughput.toLocaleString('en-US')}/s`;
    return `<rect class="bar${n % 2}" x="${LABEL_WIDTH}" y="${top}" width="${(toX(ratio) - LABEL_WIDTH).toFixed(1)}" height="${BAR_HEIGHT - 2}"/>
<text class="small" x="${Math.max(toX(ratio), toX(0)) + 6}" y="${top + 12}">${told}</text>`;
  });
  return `<text x="16" y="${y + 13}">${escape(cases[caseName].title)}</text>\n${bars.join('\n')}`;
}

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
