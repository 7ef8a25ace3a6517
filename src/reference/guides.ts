import { readdirSync, readFileSync } from 'node:fs';
import { renderMarkdown } from './markdown.js';

/** A page of `docs/partner`. */
export interface Guide {
  /** Of its file and its address. */
  name: string;
  title: string;
  html: string;
}

/** Beside the code: the build copies them to `dist`. */
const FOLDER = new URL('../../docs/partner/', import.meta.url);
/** What a newcomer reads first; others follow in the order of their names. */
const readingOrder = ['quickstart', 'request-lease', 'errors-and-retries', 'webhooks', 'events', 'sandbox', 'keys'];
const LAST = 'changelog';

export function readGuides(): Guide[] {
  const names = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length));
  return names.sort((one, other) => toPlace(one) - toPlace(other) || (one < other ? -1 : 1)).map(readGuide);
}

export function readGuideText(name: string): string {
  return readFileSync(new URL(`${name}.md`, FOLDER), 'utf8');
}

function readGuide(name: string): Guide {
  const text = readGuideText(name);
  const [, title = name] = /^# (.*)$/m.exec(text) ?? [];
  return { name, title, html: renderMarkdown(text, toAddress) };
}

/** The address of what a guide links to. */
function toAddress(href: string): string {
  const [, guide, anchor = ''] = /^(?:\.\/)?([\w-]+)\.md(#.*)?$/.exec(href) ?? [];
  if (guide) return `/docs/guides/${guide}${anchor}`;
  return href === '../openapi.json' ? '/docs/openapi.json' : href;
}

function toPlace(name: string): number {
  if (name === LAST) return readingOrder.length + 1;
  const place = readingOrder.indexOf(name);
  return place === -1 ? readingOrder.length : place;
}
