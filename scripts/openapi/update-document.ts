import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findBreakingChanges } from './breaking-changes.js';

const PROMISE = 'docs/openapi.json';
const CHANGELOG = 'docs/partner/changelog.md';
const UNRELEASED = '## Unreleased\n\n';

export interface UpdateOptions {
  /** Writes nothing. */
  check?: boolean;
  /** The reason, as partners read it. */
  breaking?: string;
}

/**
 * Writes the code's document where the promise allows it.
 * @param folder holds `docs`
 * @returns lines that say why not; none when all is well
 */
export async function updateDocument(current: string, options: UpdateOptions, folder = '.'): Promise<string[]> {
  const promise = path.join(folder, PROMISE);
  const promised = await readFile(promise, 'utf8').catch(() => null);
  const broken = promised === null ? [] : findBreakingChanges(JSON.parse(promised), JSON.parse(current));
  if (broken.length > 0 && (options.check || !options.breaking)) {
    return [
      `What ${PROMISE} promises to partners no longer holds:`,
      ...broken.map((line) => `  ${line}`),
      'If that is meant: npm run openapi -- --breaking "<the reason, as partners read it>"',
    ];
  }
  if (options.check) {
    return current === promised ? [] : [`${PROMISE} is not up to date: npm run openapi writes it from the code.`];
  }
  if (broken.length > 0) await addToChangelog(path.join(folder, CHANGELOG), options.breaking!);
  await writeFile(promise, current);
  return [];
}

async function addToChangelog(file: string, reason: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (!text.includes(UNRELEASED)) throw new Error(`${CHANGELOG} has no heading "${UNRELEASED.trim()}".`);
  await writeFile(
    file,
    text.replace(UNRELEASED, () => `${UNRELEASED}- **Breaking:** ${reason}\n`),
  );
}
