/** What a spreadsheet takes for a formula, also behind blanks and quotation marks that it drops, and in full width. */
const FORMULA = /^(?:[\s'"]*[=+\-@＝＋－＠]|[\t\r\n])/;
/** The same where a semicolon or a line break begins a cell: a reader whose separator is the semicolon minds no quotation marks of ours. */
const FORMULA_INSIDE = /([;\t\r\n][\s'"]*)(?=[=+@＝＋＠]|[-－](?! ))/g;
const NEEDS_QUOTES = /[",\r\n]/;

/** An amount in dollars that a spreadsheet adds up, from cents: `-15000` → `-150.00`. */
export class Dollars {
  constructor(readonly cents: number) {}
}

/** What a cell may hold. Figures are our own and stay figures; texts are anybody's. */
export type Cell = string | number | boolean | Date | null | undefined | readonly unknown[] | object;

/** One line of CSV with its line break. A text that a spreadsheet would run is preceded by `'`. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  if (cell instanceof Dollars) return (cell.cents / 100).toFixed(2);
  const text = plainText(cell).replace(FORMULA_INSIDE, "$1'");
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function plainText(cell: string | Date | readonly unknown[] | object): string {
  if (typeof cell === 'string') return cell;
  if (cell instanceof Date) return cell.toISOString();
  if (Array.isArray(cell)) return cell.map(String).join('|');
  return JSON.stringify(cell);
}
