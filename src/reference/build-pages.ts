import { readFileSync, writeFileSync } from 'node:fs';
import type { ApiDocument } from './api-document.js';
import { readAssets } from './assets.js';
import { builtPages } from './built-pages.js';
import { renderPages } from './render.js';

/** Run by the build, from the project's root: `npm run check` holds that this document is the code's. */
const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as ApiDocument;
writeFileSync(builtPages, JSON.stringify([...(await renderPages(document, readAssets()))]));
