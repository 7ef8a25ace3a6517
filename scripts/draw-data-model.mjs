/**
 * Draws `docs/images/data-model.svg`: the tables of a migrated database in the areas of `docs/data-model.md`, with their keys.
 * `--check` writes nothing and fails where the picture is not up to date. The database is that of `DATABASE_URL`, else a new one
 * on an embedded PostgreSQL in `tmp/data-model`, which takes `--import @swc-node/register/esm-register`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Graph, layout } from '@dagrejs/dagre';
import pg from 'pg';

const picture = 'docs/images/data-model.svg';
const document = 'docs/data-model.md';
const colors = ['#e4dcf7', '#d3e5fb', '#d5f0e0', '#fdf0c8', '#e2e8f0', '#fbdcd4', '#fce7f3', '#f1f5f9'];
/** Of the arrows, by the area of the table that they point at. */
const strokes = ['#7a5fc7', '#2f74c9', '#2b8a55', '#a67c00', '#64748b', '#c2553f', '#c04f93', '#64748b'];
const box = { line: 17, title: 26, widthOfCharacter: 7.2, padding: 20 };
const legendHeight = 44;
/** Before and behind an arrow, where it is level. */
const stub = 10;
/** The column that every area has, which would draw an arrow from everywhere. */
const hub = 'organization';

/** @returns {Promise<{ name: string, tables: string[] }[]>} by the headings of the document and the tables below them */
async function readAreas() {
  const sections = (await readFile(document, 'utf8')).split(/^## /m).slice(1);
  return sections.map((section) => ({
    name: section.slice(0, section.indexOf('\n')),
    tables: [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, table]) => table),
  }));
}

/** Tables with their primary key and, by column, the table that it names: by a foreign key or by its name alone. */
async function readSchema(client) {
  const { rows } = await client.query(`
    SELECT relname AS name,
           ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
                  ORDER BY attnum) AS columns,
           ARRAY(SELECT attname::text FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
                  WHERE indrelid = pg_class.oid AND indisprimary ORDER BY attnum) AS "primaryKey",
           (SELECT coalesce(jsonb_object_agg(attname, confrelid::regclass::text ORDER BY cardinality(conkey) DESC), '{}')
              FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
             WHERE conrelid = pg_class.oid AND contype = 'f' AND atttypid <> 'boolean'::regtype) AS "foreignKeys"
      FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
     ORDER BY relname`);
  const names = new Set(rows.map(({ name }) => name));
  return rows.map((table) => ({ ...table, references: listReferences(table, names) }));
}

/** Tables that a column without a foreign key names by something else than its own name. */
const namedOtherwise = { endpoint: 'webhook_endpoint', staff: 'staff_user', event: 'event' };

function listReferences({ name, columns, foreignKeys }, names) {
  return columns.flatMap((column) => {
    if (foreignKeys[column]) return [{ column, table: foreignKeys[column], isForeignKey: true }];
    const stem = /^(\w+)_id$/.exec(column)?.[1];
    const table = namedOtherwise[stem] ?? stem;
    return names.has(table) && table !== name ? [{ column, table, isForeignKey: false }] : [];
  });
}

function toLines({ primaryKey, references }) {
  const keys = primaryKey.map((column) => ({ text: withTarget(column, references), isPrimary: true }));
  const others = references.filter(({ column }) => !primaryKey.includes(column));
  return [...keys, ...others.map(({ column }) => ({ text: withTarget(column, references), isPrimary: false }))];
}

function withTarget(column, references) {
  const reference = references.find((one) => one.column === column);
  if (reference?.table !== hub) return column;
  return `${column} ${reference.isForeignKey ? '→' : '⇢'} ${hub}`;
}

function arrange(tables, areas) {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 24, ranksep: 90, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const name of areas.flatMap((area) => area.tables)) {
    const table = tables.find((one) => one.name === name);
    const lines = toLines(table);
    const longest = Math.max(table.name.length + 1, ...lines.map(({ text }) => text.length));
    const width = longest * box.widthOfCharacter + box.padding;
    graph.setNode(table.name, { lines, width, height: box.title + lines.length * box.line + 6 });
  }
  for (const { name, references } of tables) {
    for (const { column, table, isForeignKey } of references) {
      if (table !== hub && table !== name) graph.setEdge(name, table, { isForeignKey, column }, column);
    }
  }
  layout(graph);
  return graph;
}

/** Each arrow with its points: from the row of its key around the boxes between to the table that it names. */
function routeArrows(graph) {
  const columns = findColumns(graph);
  const arrows = graph.edges().map((edge) => {
    const [from, to] = [graph.node(edge.v), graph.node(edge.w)];
    const { column, isForeignKey, points } = graph.edge(edge);
    const direction = Math.sign(to.x - from.x) || 1;
    const row = from.lines.findIndex(({ text }) => text === column);
    const start = { x: from.x + (direction * from.width) / 2, y: toRowY(from, row) };
    return {
      target: edge.w,
      direction,
      isForeignKey,
      start,
      between: passBetween(points, columns, from, to, direction),
    };
  });
  return spreadEnds(arrows, graph);
}

/** The columns of boxes, by their middle. */
function findColumns(graph) {
  const widths = new Map();
  for (const name of graph.nodes()) {
    const { x, width } = graph.node(name);
    widths.set(round(x), Math.max(widths.get(round(x)) ?? 0, width));
  }
  return widths;
}

/** Level through the columns between two boxes, at the height that the layout keeps free there. */
function passBetween(points, columns, from, to, direction) {
  return points.slice(1, -1).flatMap(({ x, y }) => {
    const width = columns.get(round(x));
    const isBetween = (x - from.x) * direction > 1 && (to.x - x) * direction > 1;
    return width && isBetween
      ? [
          { x: x - (direction * width) / 2, y },
          { x: x + (direction * width) / 2, y },
        ]
      : [];
  });
}

/** The ends at one side of a table stand below one another, in the order in which the arrows come. */
function spreadEnds(arrows, graph) {
  const toSide = ({ target, direction }) => `${target} ${direction}`;
  const sides = [...new Set(arrows.map(toSide))];
  return sides.flatMap((name) => {
    const side = arrows.filter((arrow) => toSide(arrow) === name);
    const { x, y, width, height } = graph.node(side[0].target);
    const heightOf = ({ start, between }) => (between.at(-1) ?? start).y;
    const sorted = side.toSorted((one, other) => heightOf(one) - heightOf(other));
    return sorted.map((arrow, index) => ({
      ...arrow,
      end: { x: x - (arrow.direction * width) / 2, y: y - height / 2 + ((index + 1) * height) / (sorted.length + 1) },
    }));
  });
}

function toSvg(graph, areas) {
  const { width, height } = graph.graph();
  const indexOf = new Map(areas.flatMap(({ tables }, index) => tables.map((table) => [table, index])));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height) + legendHeight}"`,
    '     font-family="system-ui, sans-serif" font-size="12">',
    '<title>The tables of the database by area: an arrow points from a key at the table that it names</title>',
    '<defs>',
    ...[...new Set(strokes)].map(toTip),
    '</defs>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    '<g fill="none" stroke-width="1.4">',
    ...routeArrows(graph).map((arrow) => toArrow(arrow, strokes[indexOf.get(arrow.target)])),
    '</g>',
    ...graph.nodes().flatMap((name) => toBox(name, graph.node(name), colors[indexOf.get(name)])),
    ...toLegend(round(height) + 16, areas),
    '</svg>',
    '',
  ].join('\n');
}

function toTip(color) {
  return `<marker id="tip${color.slice(1)}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 1 9 5 0 9z" fill="${color}"/></marker>`;
}

function toArrow({ start, between, end, direction, isForeignKey }, color) {
  const points = [
    start,
    { x: start.x + direction * stub, y: start.y },
    ...between,
    { x: end.x - direction * 1.5 * stub, y: end.y },
    end,
  ];
  const path = points.slice(1).reduce(
    (text, point, index) => {
      const before = points[index];
      const middle = round((before.x + point.x) / 2);
      return `${text} C${middle} ${round(before.y)} ${middle} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
    },
    `M${round(start.x)} ${round(start.y)}`,
  );
  const dashes = isForeignKey ? '' : ' stroke-dasharray="5 4"';
  return `<path d="${path}" stroke="${color}"${dashes} marker-end="url(#tip${color.slice(1)})"/>`;
}

function toBox(name, { x, y, width, height, lines }, color) {
  if (!lines) return [];
  const left = round(x - width / 2);
  const top = round(y - height / 2);
  return [
    `<rect x="${left}" y="${top}" width="${round(width)}" height="${round(height)}" rx="5" fill="#fff" stroke="#94a3b8"/>`,
    `<path d="M${left} ${top + box.title - 4}v${9 - box.title}q0 -5 5 -5h${round(width) - 10}q5 0 5 5v${box.title - 9}z" fill="${color}" stroke="#94a3b8"/>`,
    `<text x="${left + 10}" y="${top + 16}" font-size="13" font-weight="600">${name}</text>`,
    ...lines.map(
      ({ text, isPrimary }, index) =>
        `<text x="${left + 10}" y="${round(toRowY({ y, height }, index)) + 4}"${isPrimary ? ' font-weight="700"' : ''}>${text}</text>`,
    ),
  ];
}

/** The middle of a row of a box. */
function toRowY({ y, height }, row) {
  return y - height / 2 + box.title + 7 + row * box.line;
}

function toLegend(y, areas) {
  let x = 20;
  return areas.map(({ name }, index) => {
    const entry = `<rect x="${x}" y="${y}" width="14" height="14" fill="${colors[index]}" stroke="#94a3b8"/><text x="${x + 20}" y="${y + 12}" font-size="13">${name}</text>`;
    x += 44 + name.length * 7.1;
    return entry;
  });
}

function round(number) {
  return Math.round(number);
}

/** @throws Error that names what the document and the database have alone */
function compareTables(areas, tables) {
  const documented = areas.flatMap((area) => area.tables);
  const existing = tables.map(({ name }) => name);
  const missing = existing.filter((name) => !documented.includes(name));
  const gone = documented.filter((name) => !existing.includes(name));
  const lines = [
    ...missing.map((name) => `${document} has no row for the table ${name}.`),
    ...gone.map((name) => `${document} has a row for ${name}, which is no table.`),
  ];
  if (lines.length > 0) throw new Error(lines.join('\n'));
}

async function draw(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const [areas, tables] = [await readAreas(), await readSchema(client)];
    compareTables(areas, tables);
    return toSvg(arrange(tables, areas), areas);
  } finally {
    await client.end();
  }
}

async function drawEmbedded() {
  const { joinEmbeddedPostgres } = await import('../src/database/embedded/embedded-postgres.ts');
  const { migrate } = await import('../src/database/migrate.ts');
  const server = await joinEmbeddedPostgres({ dataDir: path.resolve('tmp/data-model'), database: 'model' });
  try {
    await migrate({ databaseUrl: server.url, preparedStatements: true });
    return await draw(server.url);
  } finally {
    await server.leave();
  }
}

try {
  const svg = process.env.DATABASE_URL ? await draw(process.env.DATABASE_URL) : await drawEmbedded();
  if (!process.argv.includes('--check')) {
    await writeFile(picture, svg);
  } else if ((await readFile(picture, 'utf8').catch(() => '')) !== svg) {
    throw new Error(`${picture} is not up to date: npm run data-model draws it from the migrations.`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
