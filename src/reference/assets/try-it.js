// Calls of the forms below the samples.
import { all, closest, make } from './dom.js';
import { getKey, getKeyInput } from './key.js';

/** Of a body, before the rest is asked for: the page is the only thing that scrolls. */
const LINES_SHOWN = 40;
/** Of an answer that came below the window. */
const REVEALED_PX = 360;

document.addEventListener('submit', (event) => {
  const form = closest(event, '.try form');
  if (!form) return;
  event.preventDefault();
  void send(form);
});
document.addEventListener('click', (event) => {
  const button = closest(event, '.show-all');
  if (!button) return;
  const pre = button.previousElementSibling;
  pre.textContent = pre.dataset.whole;
  button.remove();
});

/** @param {HTMLFormElement} form */
async function send(form) {
  const line = form.querySelector('.answer-line');
  const answer = form.querySelector('.answer');
  const say = (className, text) => {
    line.classList.remove('keyless');
    line.replaceChildren(make('span', className, text));
    answer.replaceChildren();
  };
  const key = getKey();
  if (key === '') {
    say('problem', 'Paste a key into “Your key” at the top first. It stays in the memory of this tab.');
    line.classList.add('keyless');
    // Without scrolling: the form is where the reader is.
    return getKeyInput().focus({ preventScroll: true });
  }
  const missing = all('input[required]', form).find((input) => input.value.trim() === '');
  if (missing) {
    say('problem', `${missing.name} is required.`);
    return missing.focus();
  }
  const [button] = all('button[type="submit"]', form);
  button.disabled = true;
  say('pending', 'Sending…');
  try {
    const { status, parts } = await callRoute(form, key);
    line.replaceChildren(...status);
    answer.replaceChildren(...parts);
  } catch (error) {
    say('problem', `No answer: ${error.message}`);
  } finally {
    button.disabled = false;
  }
  reveal(form.querySelector('.outcome'));
}

/** Scrolls as far as it takes to see the answer, or the beginning of a long one. */
function reveal(outcome) {
  const { top, height } = outcome.getBoundingClientRect();
  const hiddenPx = top + Math.min(height, REVEALED_PX) + 16 - innerHeight;
  if (hiddenPx > 0) scrollBy({ top: hiddenPx, behavior: 'instant' });
}

async function callRoute(form, key) {
  const { method } = form.dataset;
  const headers = { Authorization: `Bearer ${key}` };
  if (method !== 'GET') headers['Idempotency-Key'] = makeUuid();
  const body = form.elements.namedItem('body')?.value.trim();
  if (body) headers['Content-Type'] = 'application/json';
  const startedAt = performance.now();
  const response = await fetch(toAddress(form), {
    method,
    headers,
    ...(body && { body }),
    cache: 'no-store',
    // The panel's session means nothing here.
    credentials: 'omit',
    redirect: 'error',
  });
  const text = await response.text();
  const tookMs = Math.round(performance.now() - startedAt);
  return {
    status: [
      make('span', `status ${response.ok ? 'ok' : 'bad'}`, `${response.status} ${response.statusText}`),
      ` in ${tookMs} ms`,
    ],
    parts: [...showBody(text), showHeaders(response, headers['Idempotency-Key'])],
  };
}

/** The path with its parameters, and the query. */
function toAddress(form) {
  const query = new URLSearchParams();
  let path = form.dataset.path;
  for (const input of all('[data-in]', form)) {
    const value = input.value.trim();
    if (input.dataset.in === 'path') path = path.replace(`{${input.name}}`, encodeURIComponent(value));
    else if (value !== '' && input.dataset.map) {
      const [name, ...rest] = value.split('=');
      query.set(`${input.name}[${name}]`, rest.join('='));
    } else if (value !== '') query.set(input.name, value);
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

const shownHeaders = [
  ...['X-Request-Id', 'Location', 'Idempotent-Replayed', 'Retry-After', 'WWW-Authenticate'],
  ...['X-RateLimit-Endpoint-Class', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'],
];

function showHeaders(response, idempotencyKey) {
  const values = shownHeaders.map((name) => [name, response.headers.get(name)]).filter(([, value]) => value !== null);
  if (idempotencyKey) values.unshift(['Idempotency-Key (sent)', idempotencyKey]);
  const list = make('dl', 'headers');
  for (const [name, value] of values) list.append(make('dt', '', name), make('dd', '', value));
  const details = make('details');
  details.append(make('summary', '', `Headers (${values.length})`), list);
  return details;
}

function showBody(text) {
  const whole = prettify(text);
  const lines = whole.split('\n');
  const isLong = lines.length > LINES_SHOWN;
  const pre = make('pre', '', isLong ? lines.slice(0, LINES_SHOWN).join('\n') : whole);
  pre.dataset.whole = whole;
  const button = Object.assign(make('button', 'copy', 'Copy'), { type: 'button' });
  button.append(make('span', 'visually-hidden', ' the body of the answer'));
  const caption = make('figcaption', '', 'Body');
  caption.append(button);
  const figure = make('figure', 'body');
  figure.append(caption, pre);
  if (isLong) {
    figure.append(Object.assign(make('button', 'show-all', `Show all ${lines.length} lines`), { type: 'button' }));
  }
  return [figure];
}

function prettify(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** `crypto.randomUUID` is there on secure origins alone. */
function makeUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}
