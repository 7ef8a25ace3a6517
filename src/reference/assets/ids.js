// An id that is typed once stands in the other forms too, and in the body that names it.
import { all, closest } from './dom.js';

document.addEventListener('input', (event) => {
  const field = closest(event, '.try [data-in="path"]');
  if (field) fillIds(field.name, field.value);
  const body = closest(event, '.try textarea[name="body"]');
  if (body) readIds(body);
});

/** @param {Element} [except] the body that it comes from, which stays as it is typed */
export function fillIds(name, value, except) {
  for (const field of getFields(name)) {
    if (field.value !== value) field.value = value;
    const body = field.form.elements.namedItem('body');
    if (body && body !== except && value !== '') writeId(body, name, value);
  }
}

/** Where nothing is typed yet. */
export function suggestId(name, value) {
  if (getFields(name).every((field) => field.value === '')) fillIds(name, value);
}

/** Empties the fields with an id that is not to be kept. @param {(id: string) => boolean} isForgotten */
export function forgetId(name, isForgotten) {
  for (const field of getFields(name)) if (isForgotten(field.value)) field.value = '';
}

const getFields = (name) => all(`.try [data-in="path"][name="${name}"]`);

/** In the text, so that it keeps its form. */
function writeId(body, name, value) {
  body.value = body.value.replace(
    new RegExp(`("${name}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`),
    (_, start) => start + JSON.stringify(value),
  );
}

function readIds(body) {
  let written;
  try {
    written = JSON.parse(body.value);
  } catch {
    return;
  }
  for (const { name } of all('[data-in="path"]', body.form)) {
    const value = written?.[name];
    if (typeof value === 'string') fillIds(name, value, body);
  }
}
