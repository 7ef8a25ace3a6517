/** Tells Excel that a file is UTF-8; it begins with this. */
export const BYTE_ORDER_MARK = '\ufeff';
/** The beginning of a text that a spreadsheet runs as a formula, also in full width or behind spaces and quotation marks, which it drops. */
const FORMULA = /^(?:[\s'"]*[=+\-@＝＋－＠]|'*[\t\r\n])/;
/** The same inside a text: to a reader that separates by semicolons, one begins a new cell even within our quotation marks. */
const FORMULA_INSIDE = /([;\t\r\n][\s'"]*)(?=[=+@＝＋＠]|[-－](?! ))/g;
/** The same as `csvLine` writes it. */
const ESCAPED_INSIDE = /([;\t\r\n][\s'"]*)'(?=[=+@＝＋＠]|[-－](?! ))/g;
const NEEDS_QUOTES = /[",\r\n]/;

/** An amount that is written in dollars: -15000 cents → `-150.00`. */
export class Dollars {
  constructor(readonly cents: number) {}
}

export type Cell = string | number | boolean | Date | null | undefined | readonly unknown[] | object;

/** One line of CSV with its line break. A text that a spreadsheet would run as a formula gets a `'` in front. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(formatCell).join(',')}\r\n`;
}

/** The first line of a file. */
export function csvHeader(names: readonly string[]): string {
  return BYTE_ORDER_MARK + csvLine(names);
}

/** A text as it was before `csvLine` wrote it, or a person who wanted a spreadsheet to take it for text. */
export function readCell(text: string): string {
  const plain = text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text;
  return plain.replace(ESCAPED_INSIDE, '$1');
}

function formatCell(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  if (cell instanceof Dollars) return (cell.cents / 100).toFixed(2);
  const text = toText(cell).replace(FORMULA_INSIDE, "$1'");
  const escaped = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(escaped) ? `"${escaped.replaceAll('"', '""')}"` : escaped;
}

function toText(cell: string | Date | readonly unknown[] | object): string {
  if (typeof cell === 'string') return cell;
  if (cell instanceof Date) return cell.toISOString();
  if (Array.isArray(cell)) return cell.map(String).join('|');
  return JSON.stringify(cell);
}
