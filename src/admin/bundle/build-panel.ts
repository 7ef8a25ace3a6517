import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { manifestFile, panelFolder, type PanelManifest } from './panel-files.js';
import { writeHashed, type PanelFile } from './hashed-files.js';

/** A build takes seconds: an older folder belongs to an earlier or an interrupted one. */
const OBSOLETE_AFTER_MS = 10 * 60 * 1000;

/** The compiler copies no style sheets: they come from the sources, which npm runs this in. */
const stylesFolder = path.resolve('src/panel/styles');
const { resolve } = createRequire(import.meta.url);

/** The build's last step: what the panel's pages load, in a fresh folder that the manifest names once it is whole. */
async function buildPanel(): Promise<void> {
  const folder = path.join(panelFolder, `build-${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  try {
    const former = await findFormerFolder();
    const fonts = await writeHashed(await readFonts(), folder, former);
    const others = [...(await bundleScripts(folder)), ...(await readStyles(fonts))];
    const addresses = { ...fonts, ...(await writeHashed(others, folder, former)) };
    await writeManifest({ folder: path.basename(folder), addresses }, folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  await removeObsolete(folder);
}

/** AdminJS's own scripts, and the bundle of our components. */
async function bundleScripts(folder: string): Promise<PanelFile[]> {
  // AdminJS reads these while it is being imported.
  process.env.NODE_ENV = 'production';
  process.env.ADMIN_JS_TMP_DIR = path.join(folder, 'bundler');
  delete process.env.ADMIN_JS_SKIP_BUNDLE;
  const { default: AdminJS, Router } = await import('adminjs');
  const { componentLoader } = await import('./components.js');
  const { componentsBundler } = await import('adminjs/bundler');
  componentsBundler.setInputOption('onwarn', warnUnlessDirective);
  // Our components are compiled already; Babel would take half of the time to find nothing in them.
  const { plugins } = componentsBundler.inputOptions;
  componentsBundler.setInputOption(
    'plugins',
    plugins.filter(({ name }) => name !== 'babel'),
  );
  await new AdminJS({ componentLoader }).initialize();
  const files = Router.assets.map(async ({ path: address, src }) => ({ address, content: await readFile(src) }));
  const scripts = await Promise.all(files);
  await rm(process.env.ADMIN_JS_TMP_DIR, { recursive: true });
  return scripts;
}

/** TanStack Query marks its files with `use client`, which means nothing here. */
function warnUnlessDirective({ code, message }: { code?: string; message: string }): void {
  if (code !== 'MODULE_LEVEL_DIRECTIVE') console.warn(message);
}

function readFonts(): Promise<PanelFile[]> {
  const subsets = ['latin', 'latin-ext'].map((subset) => `inter-${subset}-wght-normal.woff2`);
  return Promise.all(
    subsets.map(async (name) => ({
      address: `/assets/${name}`,
      content: await readFile(resolve(`@fontsource-variable/inter/files/${name}`)),
    })),
  );
}

/** @param fonts the addresses that the style sheets load */
async function readStyles(fonts: PanelManifest['addresses']): Promise<PanelFile[]> {
  const names = await readdir(stylesFolder);
  const sheets = names.map(async (name) => {
    const text = await readFile(path.join(stylesFolder, name), 'utf8');
    const hashed = text.replace(
      /url\(([\w.-]+)\)/g,
      (_, file: string) => `url(${path.basename(fonts[`/assets/${file}`]!)})`,
    );
    return { address: `/assets/${name}`, content: Buffer.from(hashed) };
  });
  const icon = { address: '/assets/icon.svg', content: await readFile(path.resolve('src/panel/icon.svg')) };
  return [icon, ...(await Promise.all(sheets))];
}

async function findFormerFolder(): Promise<string | null> {
  const text = await readFile(manifestFile, 'utf8').catch(() => null);
  return text && path.join(panelFolder, (JSON.parse(text) as PanelManifest).folder);
}

async function writeManifest(manifest: PanelManifest, folder: string): Promise<void> {
  const written = path.join(folder, 'manifest.json');
  await writeFile(written, JSON.stringify(manifest, null, 2));
  await rename(written, manifestFile);
}

async function removeObsolete(present: string): Promise<void> {
  for (const name of await readdir(panelFolder)) {
    const file = path.join(panelFolder, name);
    if (file === present || file === manifestFile) continue;
    const { mtimeMs } = await stat(file);
    if (Date.now() - mtimeMs > OBSOLETE_AFTER_MS) await rm(file, { recursive: true, force: true });
  }
}

await buildPanel();
// The bundler keeps a worker alive that the build would wait for.
process.exit(0);
