/** @param {string} selector @param {ParentNode} [within] @returns {any[]} */
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

export function make(tag, className = '', text = '') {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

/** What the event is about, as far as the selector fits it or what it is in. @returns {any} */
export function closest(event, selector) {
  return event.target instanceof Element ? event.target.closest(selector) : null;
}
