import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = '/docs/assets/';
/** Beside the code; the build puts the font there too. */
const sources = ['assets/', '../../node_modules/@fontsource-variable/inter/files/'];
const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export interface Asset {
  content: Buffer;
  type: string;
}

export interface Assets {
  /** By address, which has a hash of the content. */
  files: Map<string, Asset>;
  addresses: { script: string; styles: string; icon: string };
}

/** Script, styles, icon and fonts of the pages. */
export function readAssets(): Assets {
  const files = new Map<string, Asset>();
  const add = (name: string, content: Buffer) => {
    const { name: stem, ext } = path.parse(name);
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 10);
    const address = `${FOLDER}${stem}.${hash}${ext}`;
    files.set(address, { content, type: types[ext]! });
    return address;
  };
  /** With the modules that it imports. */
  const addScript = (name: string): string => {
    const text = read(name).toString();
    const linked = text.replace(/(?<=^import .*')\.\/([\w-]+\.js)(?=')/gm, (_, imported: string) =>
      addScript(imported),
    );
    return add(name, Buffer.from(linked));
  };
  const styles = ['frame.css', 'content.css', 'code.css']
    .map((name) => read(name).toString())
    .join('')
    .replace(/url\(([\w.-]+)\)/g, (_, name: string) => `url(${add(name, read(name))})`);
  return {
    addresses: {
      script: addScript('reference.js'),
      styles: add('reference.css', Buffer.from(styles)),
      icon: add('icon.svg', read('icon.svg')),
    },
    files,
  };
}

function read(name: string): Buffer {
  const files = sources.map((folder) => new URL(folder + name, import.meta.url));
  const file = files.find((candidate) => existsSync(candidate));
  if (!file) throw new Error(`The reference has no ${name}.`);
  return readFileSync(file);
}
