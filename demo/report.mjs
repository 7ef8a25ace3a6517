import { isDeepStrictEqual, styleText } from 'node:util';

const LINE_LENGTH = 118;
/** Of a line of progress, beside its text: a line that wraps is not wiped away. */
const PROGRESS_MARGIN = 16;
const PROGRESS_MS = 250;

/** What the demo prints, and what its checks came to. */
export class Report {
  passed = 0;
  /** One line for each check that failed. */
  failures = [];
  #step = 0;
  #stepTitle = 'the preparation';
  #startedAt = performance.now();
  #ticking = null;

  /** @param {NodeJS.WriteStream} out with colors and progress in place only where it is a terminal */
  constructor(out) {
    this.out = out;
    this.hasColors = Boolean(out.isTTY) && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  }

  get steps() {
    return this.#step;
  }

  line(text = '') {
    this.#endProgress();
    this.out.write(`${text}\n`);
  }

  title(text) {
    this.line(this.#style('bold', text));
  }

  /** @param who `partner`, `operator`, `admin`, `finance` or `system` */
  step(who, title) {
    this.#step += 1;
    this.#stepTitle = title;
    this.line();
    this.line(`${this.#style('bold', `${this.#step}. ${title}`)} ${this.#style('dim', `(${who})`)}`);
  }

  /** A call as it is made. */
  call(text) {
    this.line(`   ${this.#style('cyan', text)}`);
  }

  /** The exchange behind a call. */
  exchange(text) {
    this.line(this.#style('dim', `   → ${text}`));
  }

  /** The part of an answer that matters. */
  answer(value) {
    for (const line of toJsonLines(value, LINE_LENGTH)) this.line(`     ${line}`);
  }

  note(text) {
    this.line(`   ${text}`);
  }

  /** Equal in depth. */
  equal(what, received, expected) {
    if (isDeepStrictEqual(received, expected)) return this.#pass(what);
    this.#fail(what, `expected ${toShortJson(expected)}`, `received ${toShortJson(received)}`);
  }

  matches(what, received, pattern) {
    if (typeof received === 'string' && pattern.test(received)) return this.#pass(what);
    this.#fail(what, `expected ${pattern}`, `received ${toShortJson(received)}`);
  }

  /** @param {string[]} faults what is wrong; none where all is right */
  faultless(what, faults) {
    if (faults.length === 0) return this.#pass(what);
    this.#fail(what, ...faults);
  }

  /** A step that could not be finished. */
  broken(error) {
    this.#fail(`broke off: ${error.message}`, ...toCauses(error));
  }

  /** Shown until the next line; in place on a terminal, else once. */
  progress(text) {
    this.#endProgress();
    const from = performance.now();
    if (!this.out.isTTY) return void this.out.write(`   … ${text}\n`);
    const longest = (this.out.columns || LINE_LENGTH) - PROGRESS_MARGIN;
    const shown = text.length > longest ? `${text.slice(0, longest)}…` : text;
    const show = () =>
      this.out.write(`\r\x1b[K${this.#style('dim', `   … ${shown} ${toSeconds(performance.now() - from)}`)}`);
    show();
    this.#ticking = setInterval(show, PROGRESS_MS);
  }

  end() {
    const took = toSeconds(performance.now() - this.#startedAt);
    const checks = this.passed + this.failures.length;
    this.line();
    if (this.failures.length === 0) {
      this.title(
        `${this.#style('green', '✓')} ${this.#step} steps, ${checks} checks, all as the contract has it, in ${took}`,
      );
      return;
    }
    this.title(`${this.#style('red', '✗')} ${this.failures.length} of ${checks} checks failed, in ${took}`);
    for (const failure of this.failures) this.line(`  ${failure}`);
  }

  #pass(what) {
    this.passed += 1;
    this.line(`   ${this.#style('green', '✓')} ${what}`);
  }

  #fail(what, ...facts) {
    this.failures.push(`step ${this.#step} (${this.#stepTitle}): ${what}`);
    this.line(`   ${this.#style('red', `✗ ${what}`)}`);
    for (const fact of facts) this.line(`     ${fact}`);
  }

  #endProgress() {
    if (this.#ticking === null) return;
    clearInterval(this.#ticking);
    this.#ticking = null;
    this.out.write('\r\x1b[K');
  }

  #style(format, text) {
    return this.hasColors ? styleText(format, text) : text;
  }
}

export function toSeconds(ms) {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** JSON in one line, with spaces. */
export function toShortJson(value) {
  if (value === undefined) return 'nothing';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = toParts(value).map(([name, part]) => `${name}${toShortJson(part)}`);
  if (Array.isArray(value)) return `[${parts.join(', ')}]`;
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** JSON in as few lines as fit: what is short enough stands in one. */
function toJsonLines(value, width) {
  const short = toShortJson(value);
  if (short.length <= width || typeof value !== 'object') return [short];
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const parts = toParts(value);
  const lines = parts.flatMap(([name, part], index) => {
    const [first, ...rest] = toJsonLines(part, width - 2 - name.length);
    const inner = [`${name}${first}`, ...rest];
    if (index < parts.length - 1) inner.push(`${inner.pop()},`);
    return inner;
  });
  return [open, ...lines.map((line) => `  ${line}`), close];
}

/** What stands in an object or an array, with what stands before each. */
function toParts(value) {
  if (Array.isArray(value)) return value.map((part) => ['', part]);
  return Object.entries(value).flatMap(([name, part]) =>
    part === undefined ? [] : [[`${JSON.stringify(name)}: `, part]],
  );
}

function toCauses(error) {
  const causes = [];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) causes.push(cause.message);
  return causes;
}
