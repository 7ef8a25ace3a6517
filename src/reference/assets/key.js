// The key that routes are tried with. It is in its field alone: not stored, and sent to this server only.
import { all, closest, make } from './dom.js';
import { forgetId, suggestId } from './ids.js';

const WHOLE_KEY = /^lp_(live|test)_[0-9A-HJKMNP-TV-Z]{16}_[\w-]{43}$/;

/** In the bar of pages with routes to try. One for the life of the tab, whichever page it came with. @type {Element | null} */
let keyPart = null;
/** The key whose projects are offered. */
let readKey = '';

/** @param {Element | null} ofPage `null` on a page that has nothing to try */
export function showKeyPart(ofPage) {
  const inBar = document.querySelector('.bar .key');
  if (!ofPage) return inBar?.remove();
  keyPart ??= ofPage;
  keyPart.toggleAttribute('hidden', false);
  if (inBar !== keyPart) {
    inBar?.remove();
    document.querySelector('.bar').append(keyPart);
  }
}

/** @returns {HTMLInputElement} */
export const getKeyInput = () => keyPart.querySelector('#key');
export const getKey = () => getKeyInput().value.trim();

document.addEventListener('input', (event) => {
  if (closest(event, '#key')) void useKey();
});
document.addEventListener('click', (event) => {
  if (!closest(event, '.forget')) return;
  getKeyInput().value = '';
  void useKey();
  getKeyInput().focus();
});

async function useKey() {
  const key = getKey();
  keyPart.querySelector('.forget').toggleAttribute('hidden', key === '');
  for (const warning of all('.try .live')) {
    warning.hidden = !key.startsWith('lp_live_') || warning.closest('form').dataset.method === 'GET';
  }
  if (key === readKey) return;
  readKey = key;
  tell('');
  offer([]);
  for (const line of all('.try .answer-line.keyless')) line.replaceChildren();
  if (!WHOLE_KEY.test(key)) return key === '' ? undefined : tell('Not a whole key', 'problem');
  const answer = await readProjects(key);
  // Another one was pasted meanwhile.
  if (key !== getKey()) return;
  if (answer.problem) return tell(answer.problem, 'problem');
  tell(answer.items.length === 1 ? '1 project' : `${answer.items.length} projects`);
  useProjects(answer);
}

async function readProjects(key) {
  try {
    const response = await fetch('/v1/projects?limit=100', {
      headers: { Authorization: `Bearer ${key}` },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
    });
    const body = await response.json();
    return response.ok ? body : { problem: `Not taken: ${body.error.code}` };
  } catch {
    return { problem: 'No answer' };
  }
}

function useProjects({ items, nextCursor }) {
  offer(items);
  if (!nextCursor) forgetId('projectId', (id) => !items.some((project) => project.id === id));
  if (items.length === 1) suggestId('projectId', items[0].id);
}

/** As suggestions of every field for a project. */
function offer(projects) {
  const list = document.querySelector('#projects') ?? Object.assign(make('datalist'), { id: 'projects' });
  list.replaceChildren(...projects.map(({ id, name }) => Object.assign(make('option', '', name), { value: id })));
  document.body.append(list);
  if (projects.length === 0) return;
  for (const field of all('.try [data-in][name="projectId"]')) {
    field.placeholder = `Choose one of ${projects.length}, or type an id`;
  }
}

function tell(text, className = '') {
  const status = keyPart.querySelector('.key-status');
  status.textContent = text;
  status.className = `key-status ${className}`;
}
