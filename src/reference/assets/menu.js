// The menu: opening it on a narrow window, its search, and which section is read.
import { all, closest } from './dom.js';

/** @type {HTMLInputElement} */
const searchInput = document.querySelector('#search');
searchInput.closest('.search').toggleAttribute('hidden', false);

document.addEventListener('click', (event) => {
  if (closest(event, '.menu-button')) toggleMenu();
  if (closest(event, '.menu a')) toggleMenu(false);
});

function toggleMenu(isOpen = !document.body.classList.contains('menu-open')) {
  document.body.classList.toggle('menu-open', isOpen);
  document.querySelector('.menu-button').setAttribute('aria-expanded', String(isOpen));
}

// Each word has to be in the text, method, path or name.
searchInput.addEventListener('input', () => {
  const words = searchInput.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const item of all('.menu li')) {
    item.hidden = !words.every((word) => item.dataset.words.includes(word));
    if (!item.hidden) found += 1;
  }
  for (const group of all('.menu .group')) group.hidden = all('li', group).every((item) => item.hidden);
  document.querySelector('.nothing').textContent = found === 0 ? `Nothing has “${searchInput.value}”.` : '';
});
searchInput.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return;
  const first = all('.menu li').find((item) => !item.hidden);
  first?.querySelector('a').click();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') toggleMenu(false);
  const isTyping = closest(event, 'input, textarea, select') !== null;
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (getComputedStyle(document.querySelector('.menu-button')).display !== 'none') toggleMenu(true);
  searchInput.focus();
});

const links = new Map(
  all('.menu a[href^="/docs#"]').map((link) => [link.getAttribute('href').slice('/docs#'.length), link]),
);
let sections = [];
let current;

/** Marks the page in the menu, and from now on which of its sections is read. @param {ParentNode} main */
export function markSections(main) {
  for (const link of all('.menu a')) {
    if (link.getAttribute('href') === location.pathname) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  sections = all('.topic[id], .operation[id]', main);
  current = undefined;
  mark();
}

function mark() {
  if (sections.length === 0) return;
  const top = innerHeight * 0.3;
  const section = sections.findLast((one) => one.getBoundingClientRect().top <= top) ?? sections[0];
  if (section === current) return;
  links.get(current?.id)?.removeAttribute('aria-current');
  current = section;
  const link = links.get(current.id);
  link?.setAttribute('aria-current', 'location');
  const place = link?.getBoundingClientRect();
  if (place && (place.top < 120 || place.bottom > innerHeight - 40)) {
    document.querySelector('.menu').scrollTop += place.top - innerHeight / 2;
  }
}

addEventListener('scroll', () => requestAnimationFrame(mark), { passive: true });
