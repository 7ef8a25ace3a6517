import path from 'node:path';
import { fileURLToPath } from 'node:url';

const thisFile = fileURLToPath(import.meta.url);
const here = path.dirname(thisFile);

/**
 * Where the build puts what browsers load: the manifest, and a folder of files for each build. It lies beside the compiled code or,
 * when the sources run directly, in the repository's `dist`.
 */
export const panelFolder = path.resolve(here, thisFile.endsWith('.ts') ? '../../../dist/adminjs' : '../../../adminjs');

/** Names the build that a starting server serves; replaced in one step, at a build's end. */
export const manifestFile = path.join(panelFolder, 'manifest.json');

export interface PanelManifest {
  /** The build's folder in `panelFolder`. */
  folder: string;
  /** Addresses below `/admin`: the usual one → the one with the content's hash, whose last part names the file in `folder`. */
  addresses: Record<string, string>;
}

/** What the build adds to the names of files that it also stores compressed. */
export const encodingSuffixes = { br: '.br', gzip: '.gz' } as const;
export type Encoding = keyof typeof encodingSuffixes;
