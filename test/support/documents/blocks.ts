import fs from 'node:fs';
import path from 'node:path';

/** A fenced block of a Markdown file. */
export interface Block {
  /** From the project's root. */
  document: string;
  /** Of its fence, from 1. */
  line: number;
  /** The heading that it stands under. */
  heading: string;
  /** The first word after the fence; empty without one. */
  language: string;
  /** `file=NAME` after the language: what the reader saves it as. */
  file: string | undefined;
  /** `terminal=2` after the language: what runs on beside the rest of the page. */
  staysRunning: boolean;
  text: string;
}

/** The documents whose blocks are tried: README and CONTRIBUTING, those of `docs/` and of the bench. */
export function listDocuments(): string[] {
  const inDocs = fs.readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => path.join('docs', name));
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'bench/README.md', ...inDocs.sort()].filter((name) =>
    name.endsWith('.md'),
  );
}

export function readBlocks(document: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let open: Block | null = null;
  for (const [index, line] of fs.readFileSync(document, 'utf8').split('\n').entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (fence && open) {
      blocks.push(open);
      open = null;
    } else if (fence) {
      open = { document, line: index + 1, heading, ...readInfo(fence[1]!), text: '' };
    } else if (open) {
      open.text += `${line}\n`;
    } else {
      heading = /^#+ (.*)/.exec(line)?.[1] ?? heading;
    }
  }
  if (open) throw new Error(`${document}:${open.line} has a fence without an end.`);
  return blocks;
}

function readInfo(info: string): Pick<Block, 'language' | 'file' | 'staysRunning'> {
  const [language = '', ...attributes] = info.trim().split(/\s+/);
  const file = attributes.find((one) => one.startsWith('file='))?.slice('file='.length);
  return { language, file, staysRunning: attributes.includes('terminal=2') };
}

/** Where it stands, for the message of a failure. */
export function toPlace({ document, line }: Block): string {
  return `${document}:${line}`;
}
