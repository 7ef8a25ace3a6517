import path from 'node:path';
import { fileURLToPath } from 'node:url';

const thisFile = fileURLToPath(import.meta.url);
const here = path.dirname(thisFile);

/**
 * Where the build puts what browsers load: `bundle.js` (our components) and `assets/` (style sheet, font, icon).
 * It lies beside the compiled code or, when the sources run directly, in the repository's `dist`.
 */
export const panelFolder = path.resolve(here, thisFile.endsWith('.ts') ? '../../../dist/adminjs' : '../../../adminjs');

/** What the app serves under `panelAssetsPath` to everybody: the sign-in page needs the style sheet too. */
export const panelAssetsFolder = path.join(panelFolder, 'assets');

export const panelAssetsPath = '/admin/assets';

// AdminJS reads this variable while it is being imported, so this file has to be imported before it.
process.env.ADMIN_JS_TMP_DIR = panelFolder;
