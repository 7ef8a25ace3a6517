import { access, constants, mkdir, rename, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PackFile } from '../accounting/month-pack.js';

export interface WrittenFile {
  name: string;
  bytes: number;
  sha256: string;
}

/**
 * Creates a folder for a pack where it is missing.
 * @returns removes what was created, for a month that is not closed
 * @throws Error where it cannot be written to
 */
export async function createFolder(folder: string): Promise<() => Promise<void>> {
  try {
    const created = await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return () => removeEmpty(created, folder);
  } catch (error) {
    throw new Error(`the pack cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

/** @param top the first of the folders that were created on the way; undefined for none */
async function removeEmpty(top: string | undefined, folder: string): Promise<void> {
  if (top === undefined) return;
  const folders = [path.resolve(folder)];
  while (folders.at(-1) !== path.resolve(top)) folders.push(path.dirname(folders.at(-1)!));
  try {
    for (const each of folders) await rmdir(each);
  } catch {
    // Somebody else has written to it.
  }
}

/** Writes a pack into its folder; each file is complete or not there. @throws Error */
export async function writePack(folder: string, files: readonly PackFile[]): Promise<WrittenFile[]> {
  try {
    const written: WrittenFile[] = [];
    for (const { name, content, sha256 } of files) {
      const bytes = Buffer.from(content);
      const target = path.join(folder, name);
      await writeFile(`${target}.part`, bytes);
      await rename(`${target}.part`, target);
      written.push({ name, bytes: bytes.length, sha256 });
    }
    return written;
  } catch (error) {
    throw new Error(`the pack cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
