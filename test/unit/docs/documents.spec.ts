import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const folders = fs.readdirSync('.').filter((name) => !['node_modules', 'data', 'tmp', 'dist'].includes(name));
const documents = folders.flatMap((name) => {
  const isFolder = fs.statSync(name).isDirectory() && !name.startsWith('.');
  const files = isFolder ? fs.readdirSync(name, { recursive: true, encoding: 'utf8' }) : [];
  const own = files.filter((file) => !/(^|\/)(node_modules|dist)\//.test(file));
  return [name, ...own.map((file) => path.join(name, file))].filter((file) => file.endsWith('.md'));
});
const read = (file: string) => fs.readFileSync(file, 'utf8');

/** The rows of the first table below this heading, as cells. */
function readTable(document: string, heading: string): string[][] {
  const [, section = ''] = `\n${read(document)}`.split(`\n${heading}\n`);
  const lines = /(?:^\|.*\|\n)+/m.exec(section)?.[0].trim().split('\n') ?? [];
  return lines.slice(2).map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
}

describe('A document', () => {
  it.each(documents)('%s links to what is there', (document) => {
    const links = [...read(document).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!);
    const local = links.filter((link) => !/^https?:/.test(link));
    expect(local.filter((link) => !fs.existsSync(path.join(path.dirname(document), link)))).toEqual([]);
  });

  it.each(documents)('%s names files that are there', (document) => {
    const names = [...read(document).matchAll(/`((?:src|test|docs|scripts|bench)\/[^`\s]*)`/g)].map(
      ([, name]) => name!,
    );
    const isThere = (name: string) => name.includes('<') || fs.existsSync(name);
    expect(names.filter((name) => !isThere(name))).toEqual([]);
  });

  it.each(documents)('%s names commands that package.json has', (document) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(document).matchAll(/npm run (?:--silent )?([a-z][a-z:0-9-]*)/g)].map(([, name]) => name!);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  it('says of every layer what it is for, the lowest first', async () => {
    const config = '../../../.dependency-cruiser.mjs';
    const { layerGroups } = (await import(config)) as { layerGroups: { folders: string[] }[] };
    const table = readTable('docs/architecture.md', '## The layers').map(([folder]) => folder!.replaceAll('`', ''));
    expect(table).toEqual(layerGroups.flatMap(({ folders }) => folders));
  });
});

describe('docs/decisions/README.md', () => {
  it('lists every decision with its title and its status', () => {
    const decisions = documents.filter((file) => /^docs\/decisions\/\d/.test(file)).sort();
    const rows = decisions.map((file) => {
      const [, number, title] = /^# (\d{3}) (.*)/.exec(read(file)) ?? [];
      const [, status] = /^Status: (\w+)/m.exec(read(file)) ?? [];
      return [`[${number}](${path.basename(file)})`, title, status];
    });
    expect(readTable('docs/decisions/README.md', '# Decisions')).toEqual(rows);
    const numbers = rows.map(([link]) => link!.slice(1, 4));
    expect(numbers).toEqual([...new Set(numbers)]);
  });
});
