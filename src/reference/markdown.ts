import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import typescript from 'highlight.js/lib/languages/typescript';
import { Marked, type Tokens } from 'marked';

const grammars = { bash, json, python, typescript };
for (const [name, grammar] of Object.entries(grammars)) hljs.registerLanguage(name, grammar);
const aliases: Record<string, keyof typeof grammars> = {
  ...{ sh: 'bash', shell: 'bash', Shell: 'bash', json: 'json', py: 'python', python: 'python', Python: 'python' },
  ...{ ts: 'typescript', TypeScript: 'typescript' },
};

/** As HTML, with classes for its colors. */
export function highlight(code: string, language: string): string {
  const grammar = aliases[language];
  return grammar ? hljs.highlight(code, { language: grammar }).value : escapeHtml(code);
}

/** What most routes have is rendered once. */
const plainTexts = new Map<string, string>();
const plain = createMarked((href) => href);

/** @param toHref of the links of the text */
export function renderMarkdown(text: string, toHref?: (href: string) => string): string {
  if (toHref) return createMarked(toHref).parse(text, { async: false });
  const html = plainTexts.get(text) ?? plain.parse(text, { async: false });
  plainTexts.set(text, html);
  return html;
}

function createMarked(toHref: (href: string) => string): Marked {
  return new Marked({
    renderer: {
      code: ({ text: code, lang = '' }) =>
        `<div class="code"><pre tabindex="0"><code>${highlight(code, lang)}</code></pre></div>\n`,
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        return `<h${depth} id="${toSlug(html)}">${html}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        return `<a href="${escapeHtml(toHref(href))}">${this.parser.parseInline(tokens)}</a>`;
      },
      table(token) {
        const toCell = ({ tokens }: Tokens.TableCell, tag: 'th' | 'td') => {
          const isTerm = tokens.length === 1 && tokens[0]!.type === 'codespan';
          return `<${tag}${isTerm ? ' class="term"' : ''}>${this.parser.parseInline(tokens)}</${tag}>`;
        };
        const row = (cells: Tokens.TableCell[], tag: 'th' | 'td') =>
          `<tr>${cells.map((cell) => toCell(cell, tag)).join('')}</tr>`;
        const body = token.rows.map((cells) => row(cells, 'td')).join('');
        return `<div class="table" tabindex="0"><table><thead>${row(token.header, 'th')}</thead><tbody>${body}</tbody></table></div>\n`;
      },
    },
  });
}

export function toSlug(html: string): string {
  const text = html.replace(/<[^>]*>|&#?\w+;/g, '').toLowerCase();
  return text.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
