// The pages of the reference: the menu and its search, the language of samples, and calls that are tried out.

/** Of the samples, kept for the next page. Nothing else is stored. */
const LANGUAGE = 'layers-docs-language';

/** @param {string} selector @param {ParentNode} [within] @returns {any[]} */
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
/** @type {HTMLInputElement} */
const keyInput = document.querySelector('#key');
/** @type {HTMLInputElement} */
const searchInput = document.querySelector('#search');

// What needs this script.
for (const part of all('.key, .search, .copy')) part.hidden = false;

/** @param {string} language */
function showLanguage(language) {
  document.documentElement.dataset.language = language;
  for (const button of all('.languages button')) {
    button.setAttribute('aria-pressed', String(button.dataset.language === language));
  }
}

function readLanguage() {
  try {
    return localStorage.getItem(LANGUAGE);
  } catch {
    return null;
  }
}

const isKnown = (language) => all('.languages button').some((button) => button.dataset.language === language);
const stored = readLanguage();
if (stored && isKnown(stored)) showLanguage(stored);

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button') : null;
  if (button?.matches('.languages button')) chooseLanguage(button);
  if (button?.matches('.copy')) void copySample(button);
  if (button?.matches('.menu-button')) toggleMenu();
  if (event.target instanceof Element && event.target.closest('.menu a')) toggleMenu(false);
});

function chooseLanguage(button) {
  // The samples above may change their height: what is clicked stays where it is.
  const before = button.getBoundingClientRect().top;
  showLanguage(button.dataset.language);
  scrollBy({ top: button.getBoundingClientRect().top - before, behavior: 'instant' });
  try {
    localStorage.setItem(LANGUAGE, button.dataset.language);
  } catch {
    // Without storage the next page begins with curl again.
  }
}

async function copySample(button) {
  const shown = all('.sample', button.closest('figure')).find((sample) => sample.checkVisibility());
  try {
    await navigator.clipboard.writeText(shown.textContent);
    button.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(shown);
    button.textContent = 'Selected';
  }
  setTimeout(() => (button.textContent = 'Copy'), 2000);
}

function toggleMenu(isOpen = !document.body.classList.contains('menu-open')) {
  document.body.classList.toggle('menu-open', isOpen);
  document.querySelector('.menu-button').setAttribute('aria-expanded', String(isOpen));
}

// The search: each word has to be in the text, method, path or name.
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
  const isTyping = event.target instanceof Element && event.target.matches('input, textarea, select');
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (getComputedStyle(document.querySelector('.menu-button')).display !== 'none') toggleMenu(true);
  searchInput.focus();
});

// The menu marks what is read.
const links = new Map(
  all('.menu a[href^="/docs#"]').map((link) => [link.getAttribute('href').slice('/docs#'.length), link]),
);
const sections = all('.topic[id], .operation[id]');
if (sections.length > 0) {
  let current;
  const mark = () => {
    const top = innerHeight * 0.3;
    const section = sections.findLast((one) => one.getBoundingClientRect().top <= top) ?? sections[0];
    if (section === current) return;
    links.get(current?.id)?.removeAttribute('aria-current');
    current = section;
    const link = links.get(current.id);
    link?.setAttribute('aria-current', 'location');
    const menu = document.querySelector('.menu');
    const place = link?.getBoundingClientRect();
    if (place && (place.top < 120 || place.bottom > innerHeight - 40)) {
      menu.scrollTop += place.top - innerHeight / 2;
    }
  };
  addEventListener('scroll', () => requestAnimationFrame(mark), { passive: true });
  mark();
}

// Addresses of samples are those of this server.
for (const code of all('pre code, .prose code')) {
  const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode: text } = texts;
    if (text.nodeValue.includes('https://api.example')) {
      text.nodeValue = text.nodeValue.replaceAll('https://api.example', location.origin);
    }
  }
}

// Calls. The key is read from its field for each; it is neither stored nor sent anywhere else.
const isLive = () => keyInput.value.trim().startsWith('lp_live_');
keyInput.addEventListener('input', () => {
  for (const warning of all('.try .live')) {
    warning.hidden = !isLive() || warning.closest('form').dataset.method === 'GET';
  }
});

for (const form of all('.try form')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(form);
  });
}

// An id that is typed once stands in the other forms too, and in the body that names it.
document.addEventListener('change', ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.dataset.in !== 'path') return;
  for (const other of all(`.try input[data-in="path"][name="${target.name}"]`)) {
    other.value ||= target.value;
  }
  for (const form of all('.try form')) {
    const id = form.elements.namedItem(target.name)?.value;
    const body = form.elements.namedItem('body');
    if (id && body)
      body.value = body.value.replace(
        new RegExp(`("${target.name}": )"[^"]*"`),
        (_, start) => start + JSON.stringify(id),
      );
  }
});

/** @param {HTMLFormElement} form */
async function send(form) {
  const key = keyInput.value.trim();
  const outcome = form.querySelector('.outcome');
  if (key === '') {
    outcome.replaceChildren(make('p', 'problem', 'Paste a key into “Your key” at the top first.'));
    // Without scrolling: the form is where the reader is.
    keyInput.focus({ preventScroll: true });
    return;
  }
  const missing = all('input[required]', form).find((input) => input.value.trim() === '');
  if (missing) {
    outcome.replaceChildren(make('p', 'problem', `${missing.name} is required.`));
    missing.focus();
    return;
  }
  const [button] = all('button[type="submit"]', form);
  button.disabled = true;
  outcome.replaceChildren(make('p', 'pending', 'Sending…'));
  try {
    outcome.replaceChildren(...(await callRoute(form, key)));
  } catch (error) {
    outcome.replaceChildren(make('p', 'problem', `No answer: ${error.message}`));
  } finally {
    button.disabled = false;
  }
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
  return showAnswer(response, text, tookMs, headers['Idempotency-Key']);
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

function showAnswer(response, text, tookMs, idempotencyKey) {
  const line = make('p', 'answer-line');
  line.append(make('span', `status ${response.ok ? 'ok' : 'bad'}`, `${response.status} ${response.statusText}`));
  line.append(` in ${tookMs} ms`);
  const list = make('dl', 'headers');
  const add = (name, value) => list.append(make('dt', '', name), make('dd', '', value));
  if (idempotencyKey) add('Idempotency-Key (sent)', idempotencyKey);
  for (const name of shownHeaders) {
    const value = response.headers.get(name);
    if (value !== null) add(name, value);
  }
  const pre = make('pre', '', prettify(text));
  pre.tabIndex = 0;
  pre.setAttribute('role', 'region');
  pre.setAttribute('aria-label', 'The body of the answer');
  return [line, list, pre];
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

function make(tag, className, text = '') {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}
