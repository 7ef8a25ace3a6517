/**
 * Draws `docs/images/architecture.svg`: the folders of `src` in their layers, with an arrow for each import between two
 * folders that no path over others implies. `--check` writes nothing and fails where the picture is not up to date.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { Graph, layout } from '@dagrejs/dagre';
import { cruise } from 'dependency-cruiser';
import config, { layerGroups } from '../.dependency-cruiser.mjs';

const picture = 'docs/images/architecture.svg';
/** The colors of the groups, the lowest first. */
const colors = ['#e2e8f0', '#d5f0e0', '#fdf0c8', '#fbdcd4', '#e4dcf7', '#d3e5fb', '#ffffff'];
const groups = [...layerGroups, { name: 'in the browser', folders: ['panel'] }].map((group, index) => ({
  ...group,
  color: colors[index],
}));
const box = { height: 30, widthOfCharacter: 8.1, padding: 22 };
const legendHeight = 44;

/** @returns {Promise<Map<string, Set<string>>>} each folder of `src` with the folders that it imports */
async function readImports() {
  const { output } = await cruise(['src'], config.options);
  const imports = new Map();
  for (const { source, dependencies } of output.modules) {
    const folder = toFolder(source);
    if (!folder) continue;
    if (!imports.has(folder)) imports.set(folder, new Set());
    for (const { resolved } of dependencies) {
      const imported = toFolder(resolved);
      if (imported && imported !== folder) imports.get(folder).add(imported);
    }
  }
  return imports;
}

function toFolder(file) {
  return /^src\/([^/]+)\//.exec(file)?.[1];
}

/** The transitive reduction: without the imports that a path over other folders implies. */
function reduce(imports) {
  const arrows = [];
  for (const [from, direct] of imports) {
    for (const to of direct) {
      const others = [...direct].filter((folder) => folder !== to);
      if (!others.some((folder) => isReachable(imports, folder, to))) arrows.push([from, to]);
    }
  }
  return arrows.sort();
}

function isReachable(imports, from, to, seen = new Set()) {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return [...(imports.get(from) ?? [])].some((folder) => isReachable(imports, folder, to, seen));
}

function arrange(folders, arrows) {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 38, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const folder of folders) {
    graph.setNode(folder, { width: folder.length * box.widthOfCharacter + box.padding, height: box.height });
  }
  for (const [from, to] of arrows) graph.setEdge(from, to);
  layout(graph);
  return graph;
}

function toSvg(graph) {
  const { width, height } = graph.graph();
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height) + legendHeight}"`,
    '     font-family="system-ui, sans-serif" font-size="14" text-anchor="middle">',
    '<title>The folders of src: an arrow points at what a folder imports</title>',
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">',
    '<path d="M0 1 7 4 0 7z" fill="#64748b"/></marker></defs>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    '<g fill="none" stroke="#64748b" stroke-width="1.2" marker-end="url(#tip)">',
    ...graph.edges().map((edge) => `<path d="${toCurve(graph.edge(edge).points)}"/>`),
    '</g>',
    ...graph.nodes().map((folder) => toBox(folder, graph.node(folder))),
    ...toLegend(round(height) + 16),
    '</svg>',
    '',
  ].join('\n');
}

/** Straight at both ends, smooth between: each bend is the control point of a curve from middle to middle. */
function toCurve(points) {
  const [first, ...rest] = points;
  const middles = rest.slice(0, -2).map((point, index) => toMiddle(point, rest[index + 1]));
  const curves = middles.map((middle, index) => `Q${toText(rest[index])} ${toText(middle)}`);
  return [`M${toText(first)}`, ...curves, `Q${toText(rest.at(-2))} ${toText(rest.at(-1))}`].join(' ');
}

function toMiddle(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function toBox(text, { x, y, width, height }) {
  const corner = toText({ x: x - width / 2, y: y - height / 2 }, '" y="');
  const fill = groups.find(({ folders }) => folders.includes(text)).color;
  return (
    `<rect x="${corner}" width="${round(width)}" height="${height}" rx="5" fill="${fill}" stroke="#94a3b8"/>` +
    `<text x="${round(x)}" y="${round(y) + 5}">${text}</text>`
  );
}

function toLegend(y) {
  let x = 20;
  return groups.map(({ name, color }) => {
    const entry = `<rect x="${x}" y="${y}" width="14" height="14" fill="${color}" stroke="#94a3b8"/><text x="${x + 20}" y="${y + 12}" font-size="13" text-anchor="start">${name}</text>`;
    x += 40 + name.length * 7.1;
    return entry;
  });
}

function toText({ x, y }, between = ' ') {
  return `${round(x)}${between}${round(y)}`;
}

function round(number) {
  return Math.round(number);
}

const imports = await readImports();
const svg = toSvg(arrange([...imports.keys()].sort(), reduce(imports)));
if (!process.argv.includes('--check')) {
  await writeFile(picture, svg);
} else if ((await readFile(picture, 'utf8').catch(() => '')) !== svg) {
  console.error(`${picture} is not up to date: npm run architecture draws it from the code.`);
  process.exitCode = 1;
}
