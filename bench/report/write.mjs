import fs from 'node:fs';
import { fileURLToPath, URL } from 'node:url';
import { format } from 'prettier';
import { toSvg } from './chart.mjs';
import { replaceSection, toMarkdown } from './table.mjs';

export const RESULTS_FILE = fileURLToPath(new URL('../results.json', import.meta.url));
export const CHART_FILE = fileURLToPath(new URL('../../docs/images/performance.svg', import.meta.url));
export const PAGE_FILE = fileURLToPath(new URL('../../docs/performance.md', import.meta.url));

/** The chart of these results, and the page with their table. */
export function toReport(results) {
  return { chart: toSvg(results), page: replaceSection(fs.readFileSync(PAGE_FILE, 'utf8'), toMarkdown(results)) };
}

/** Writes the results, the chart and the table of the docs; or the first two into another folder. */
export async function writeReport(results, folder) {
  const { chart, page } = toReport(results);
  const text = await format(JSON.stringify(results), { parser: 'json', printWidth: 120 });
  fs.writeFileSync(folder ? `${folder}/results.json` : RESULTS_FILE, text);
  fs.writeFileSync(folder ? `${folder}/performance.svg` : CHART_FILE, chart);
  if (!folder) fs.writeFileSync(PAGE_FILE, page);
}
