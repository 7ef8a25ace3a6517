import { Marked, type Token, type Tokens } from 'marked';
import React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { escapeHtml, findLanguage } from './highlight.js';
import { Alternatives, CodeBlock } from './pages/code-block.js';

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

/** Blocks of code that follow one another and say the same in several languages. */
interface AlternativesToken extends Tokens.Generic {
  type: 'alternatives';
  blocks: Tokens.Code[];
}

function createMarked(toHref: (href: string) => string): Marked {
  return new Marked({
    hooks: { processAllTokens: (tokens) => groupAlternatives(tokens as Token[]) },
    extensions: [
      {
        name: 'alternatives',
        renderer: (token) => renderToStaticMarkup(<Alternatives codes={toCodes(token as AlternativesToken)} />),
      },
    ],
    renderer: {
      code: (block) => renderToStaticMarkup(<CodeBlock {...toCodeBlock(block)} />),
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

/** The language of a block and what else stands behind its fence: `file=NAME`, which the reader saves, or `terminal=2`. */
function readInfo({ lang = '' }: Tokens.Code): {
  language: string;
  file?: string | undefined;
  isSecondTerminal: boolean;
} {
  const [language = '', ...attributes] = lang.split(/\s+/);
  const file = attributes.find((one) => one.startsWith('file='))?.slice('file='.length);
  return { language, file, isSecondTerminal: attributes.includes('terminal=2') };
}

function toCodeBlock(block: Tokens.Code) {
  const { language, file, isSecondTerminal } = readInfo(block);
  const code = { text: block.text, language };
  if (file) return { code, caption: <code>{file}</code>, label: file };
  return isSecondTerminal ? { code, caption: 'Shell, in a terminal of its own' } : { code };
}

function toCodes({ blocks }: AlternativesToken) {
  return blocks.map((block) => ({ text: block.text, language: readInfo(block).language }));
}

function groupAlternatives(tokens: Token[]): Token[] {
  const grouped: Token[] = [];
  let run: Tokens.Code[] = [];
  const endRun = () => {
    const isGroup = new Set(run.map((block) => readInfo(block).language)).size > 1;
    if (isGroup) grouped.push({ type: 'alternatives', raw: '', blocks: run } satisfies AlternativesToken);
    else grouped.push(...run);
    run = [];
  };
  for (const token of tokens) {
    if (isAlternative(token)) run.push(token);
    else if (token.type !== 'space' || run.length === 0) {
      endRun();
      grouped.push(token);
    }
  }
  endRun();
  return grouped;
}

/** A file to save and what runs on in a terminal of its own are steps of one language. */
function isAlternative(token: Token): token is Tokens.Code {
  if (token.type !== 'code') return false;
  const { language, file, isSecondTerminal } = readInfo(token as Tokens.Code);
  return !file && !isSecondTerminal && findLanguage(language)?.choice !== undefined;
}

export function toSlug(html: string): string {
  const text = html.replace(/<[^>]*>|&#?\w+;/g, '').toLowerCase();
  return text.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
}
