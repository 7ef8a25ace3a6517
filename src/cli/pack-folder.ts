import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PackFile } from '../books/month-pack.js';

/** A file as it was written. */
export interface WrittenFile {
  name: string;
  bytes: number;
  sha256: string;
}

/** Writes a pack into a folder, which is made where it is missing; each file is there as a whole or not at all. @throws Error */
export async function writePack(folder: string, files: readonly PackFile[]): Promise<WrittenFile[]> {
  try {
    await mkdir(folder, { recursive: true });
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
