import { cp, mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { panelAssetsFolder, panelFolder } from './panel-files.js';

/** The build's last step: bundles the panel's components and lays its style sheet and font beside them. */
async function buildPanel(): Promise<void> {
  process.env.NODE_ENV = 'production';
  delete process.env.ADMIN_JS_SKIP_BUNDLE;
  await rm(panelFolder, { recursive: true, force: true });
  await mkdir(panelAssetsFolder, { recursive: true });
  await copyAssets();

  const { default: AdminJS } = await import('adminjs');
  const { componentLoader } = await import('./components.js');
  await new AdminJS({ componentLoader }).initialize();
}

/** The compiler copies no style sheets: they come from the sources, which npm runs this in. */
async function copyAssets(): Promise<void> {
  await cp(path.resolve('src/panel/styles'), panelAssetsFolder, { recursive: true });
  await cp(path.resolve('src/panel/icon.svg'), path.join(panelAssetsFolder, 'icon.svg'));
  const { resolve } = createRequire(import.meta.url);
  for (const subset of ['latin', 'latin-ext']) {
    const font = `inter-${subset}-wght-normal.woff2`;
    await cp(resolve(`@fontsource-variable/inter/files/${font}`), path.join(panelAssetsFolder, font));
  }
}

await buildPanel();
// The bundler keeps a worker alive that the build would wait for.
process.exit(0);
