import { existsSync, readFileSync } from 'node:fs';

/** Beside the compiled code. */
export const builtPages = new URL('pages.json', import.meta.url);

/** The HTML of each page by its address; `null` where the code runs without a build. */
export function readBuiltPages(): Map<string, string> | null {
  if (!existsSync(builtPages)) return null;
  return new Map(JSON.parse(readFileSync(builtPages, 'utf8')) as [string, string][]);
}
