import ts from 'typescript';

/**
 * What an expression of the code is when SQL is composed with it. Of a choice (a condition, several returns) all outcomes are kept;
 * where choices meet in one statement they are varied side by side, not multiplied.
 */
export type Value =
  | { kind: 'sql'; texts: string[] }
  | { kind: 'object'; fields: Map<string, Value> }
  | { kind: 'list'; items: Value[] }
  | { kind: 'text'; texts: string[] }
  | { kind: 'function'; node: ts.SignatureDeclaration; scope: Scope }
  | { kind: 'unknown' };

export interface Scope {
  values: Map<ts.Symbol, Value>;
}

/** Where a parameter of a statement stands, until it is numbered. */
export const PARAMETER = '\u0001';
export const unknown: Value = { kind: 'unknown' };

export function toSql(texts: string[] | null): Value {
  return texts ? { kind: 'sql', texts } : unknown;
}

/** As many choices as the part with the most has; parts with fewer repeat their last one. */
export function sideBySide(parts: string[][]): string[][] {
  const most = Math.max(1, ...parts.map(({ length }) => length));
  return Array.from({ length: most }, (_, n) => parts.map((texts) => texts[Math.min(n, texts.length - 1)]!));
}

export function either(values: Value[]): Value {
  const known = values.filter(({ kind }) => kind !== 'unknown');
  const [first] = known;
  if (!first) return unknown;
  if (first.kind === 'sql' || first.kind === 'text') {
    const texts = known.flatMap((value) => (value.kind === first.kind ? (value as { texts: string[] }).texts : []));
    return { kind: first.kind, texts: [...new Set(texts)] };
  }
  if (first.kind === 'list') return eitherList(first.items, known);
  if (first.kind !== 'object') return first;
  const names = new Set(known.flatMap((value) => (value.kind === 'object' ? [...value.fields.keys()] : [])));
  const fields = [...names].map(
    (name) =>
      [
        name,
        either(known.map((value) => (value.kind === 'object' ? (value.fields.get(name) ?? unknown) : unknown))),
      ] as const,
  );
  return { kind: 'object', fields: new Map(fields) };
}

/** What `...rest` of an object pattern holds. */
export function withoutNamed(value: Value, pattern: ts.BindingPattern): Value {
  if (value.kind !== 'object' || !ts.isObjectBindingPattern(pattern)) return unknown;
  const named = pattern.elements.map((element) => (element.propertyName ?? element.name).getText());
  return { kind: 'object', fields: new Map([...value.fields].filter(([name]) => !named.includes(name))) };
}

function eitherList(items: Value[], lists: Value[]): Value {
  const others = lists.map((list) => (list.kind === 'list' ? list.items : []));
  if (others.some(({ length }) => length !== items.length)) return { kind: 'list', items: others.flat() };
  return { kind: 'list', items: items.map((_, place) => either(others.map((list) => list[place]!))) };
}
