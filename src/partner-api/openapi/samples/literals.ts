/** Values of JSON as literals of a language, on one line where that is short. */

interface Language {
  indent: string;
  toScalar(value: unknown): string;
  toName(name: string): string;
  /** Within the braces of an object on one line. */
  space: '' | ' ';
  /** Whether the last of several lines ends with a comma too. */
  trailingComma: boolean;
}

const MAX_LINE = 60;

const typescript: Language = {
  indent: '  ',
  toScalar: (value) => JSON.stringify(value),
  toName: (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)),
  space: ' ',
  trailingComma: true,
};

const python: Language = {
  indent: '    ',
  toScalar: (value) =>
    value === true ? 'True' : value === false ? 'False' : value === null ? 'None' : JSON.stringify(value),
  toName: (name) => JSON.stringify(name),
  space: '',
  trailingComma: true,
};

const json: Language = {
  indent: '  ',
  toScalar: (value) => JSON.stringify(value),
  toName: (name) => JSON.stringify(name),
  space: ' ',
  trailingComma: false,
};

export const toJson = (value: unknown): string => print(json, value, '');
export const toTypeScript = (value: unknown, margin = ''): string => print(typescript, value, margin);
export const toPython = (value: unknown, margin = ''): string => print(python, value, margin);

export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function print(language: Language, value: unknown, margin: string): string {
  if (typeof value !== 'object' || value === null) return language.toScalar(value);
  const inner = margin + language.indent;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((item) => print(language, item, inner))
    : Object.entries(value).map(([name, item]) => `${language.toName(name)}: ${print(language, item, inner)}`);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  const space = isList ? '' : language.space;
  const line = open + space + parts.join(', ') + space + close;
  const isShort = line.length <= MAX_LINE && !line.includes('\n');
  // An object with several fields is read one below the other.
  if (isShort && (isList || parts.length <= 2)) return line;
  const end = language.trailingComma ? ',\n' : '\n';
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}${end}${margin}${close}`;
}
