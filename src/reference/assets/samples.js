// Blocks of code: the language of alternatives, copying, and the address of this server.
import { all, closest, make } from './dom.js';

/** Of the samples, kept for the next visit. Nothing else is stored. */
const LANGUAGE = 'layers-docs-language';

const announcement = make('p', 'visually-hidden');
announcement.setAttribute('role', 'status');
document.body.append(announcement);

showLanguage(readLanguage() ?? 'curl');

document.addEventListener('click', (event) => {
  const choice = closest(event, '.languages button');
  if (choice) chooseLanguage(choice);
  const copy = closest(event, '.copy');
  if (copy) void copyCode(copy);
});

/** @param {ParentNode} main */
export function prepareCode(main) {
  for (const button of all('.copy', main)) button.hidden = false;
  pressLanguages(main);
  for (const code of all('pre code, .prose code', main)) nameServer(code);
}

function showLanguage(language) {
  document.documentElement.dataset.language = language;
  pressLanguages(document);
}

/** A block without the chosen language shows its first one. */
function pressLanguages(within) {
  for (const block of all('.alternatives', within)) {
    const languages = block.dataset.languages.split(' ');
    const chosen = document.documentElement.dataset.language;
    const shown = languages.includes(chosen) ? chosen : languages[0];
    for (const button of all('.languages button', block)) {
      button.setAttribute('aria-pressed', String(button.dataset.language === shown));
    }
  }
}

function readLanguage() {
  try {
    const stored = localStorage.getItem(LANGUAGE);
    return ['curl', 'typescript', 'python'].includes(stored) ? stored : null;
  } catch {
    return null;
  }
}

function chooseLanguage(button) {
  // The samples above may change their height: what is clicked stays where it is.
  const before = button.getBoundingClientRect().top;
  showLanguage(button.dataset.language);
  scrollBy({ top: button.getBoundingClientRect().top - before, behavior: 'instant' });
  try {
    localStorage.setItem(LANGUAGE, button.dataset.language);
  } catch {
    // Without storage the next visit begins with curl again.
  }
}

async function copyCode(button) {
  const within = button.closest('[data-block]') ?? button.closest('figure');
  const code = all('pre', within).find((pre) => pre.checkVisibility());
  const label = button.firstChild;
  try {
    await navigator.clipboard.writeText(code.dataset.whole ?? code.textContent);
    label.nodeValue = 'Copied';
  } catch {
    getSelection().selectAllChildren(code);
    label.nodeValue = 'Selected';
  }
  announcement.textContent = label.nodeValue;
  setTimeout(() => {
    label.nodeValue = 'Copy';
    announcement.textContent = '';
  }, 2000);
}

function nameServer(code) {
  const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode: text } = texts;
    if (text.nodeValue.includes('https://api.example')) {
      text.nodeValue = text.nodeValue.replaceAll('https://api.example', location.origin);
    }
  }
}
