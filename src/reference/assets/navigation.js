// From page to page without a new document, so that the key, which is in memory alone, lasts; what was filled in lasts too.
import { closest } from './dom.js';

/** Those that were shown, by path. @type {Map<string, { main: HTMLElement, keyPart: Element | null, title: string, scrollY: number }>} */
const pages = new Map();
let shown = location.pathname;
const listeners = [];

pages.set(shown, toPage(document));

/** Calls it with the page that is shown, and with each one that is shown later. */
export function onPage(listener) {
  listeners.push(listener);
  listener(pages.get(shown));
}

document.addEventListener('click', (event) => {
  const link = closest(event, 'a[href]');
  if (!link || event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !/^\/docs(\/guides\/[\w-]+)?$/.test(url.pathname)) return;
  if (url.pathname === shown) return;
  event.preventDefault();
  void goTo(url);
});

addEventListener('popstate', () => {
  if (location.pathname === shown) return;
  const page = pages.get(location.pathname);
  if (!page) return location.reload();
  show(page);
  scrollTo({ top: page.scrollY, behavior: 'instant' });
});

/** @param {URL} url */
async function goTo(url) {
  let page = pages.get(url.pathname);
  try {
    page ??= await load(url.pathname);
  } catch {
    return location.assign(url);
  }
  pages.get(shown).scrollY = scrollY;
  history.pushState(null, '', url);
  show(page);
  const target = url.hash && document.getElementById(url.hash.slice(1));
  if (target) target.scrollIntoView({ behavior: 'instant' });
  else scrollTo({ top: 0, behavior: 'instant' });
  page.main.focus({ preventScroll: true });
}

async function load(path) {
  const response = await fetch(path);
  const next = new DOMParser().parseFromString(await response.text(), 'text/html');
  const getScript = (one) => one.querySelector('script[src]')?.getAttribute('src');
  // Another version of the pages comes with other scripts.
  if (!response.ok || getScript(next) !== getScript(document)) throw new Error('Another document.');
  return toPage(next);
}

function toPage(from) {
  return { main: from.querySelector('main'), keyPart: from.querySelector('.key'), title: from.title, scrollY: 0 };
}

function show(page) {
  pages.set(location.pathname, page);
  shown = location.pathname;
  document.title = page.title;
  document.querySelector('main').replaceWith(page.main);
  for (const listener of listeners) listener(page);
}
