import { flat, type BasePropertyJSON, type RecordJSON } from 'adminjs';
import { centsOf, typedFrom } from './amounts.js';
import { isFigure } from './value.js';

/** What a form's field holds while one types: text, several choices, or yes and no. */
export type Typed = string | string[] | boolean;

export function kindOf(property: BasePropertyJSON): 'money' | 'number' | 'list' | 'yesNo' | 'text' {
  if (property.isArray) return 'list';
  if (property.type === 'boolean') return 'yesNo';
  if (/cents$/i.test(property.propertyPath)) return 'money';
  if (isFigure(property)) return 'number';
  return 'text';
}

/** The field's content for a record that is there already, or for a new one. */
export function typedOf(property: BasePropertyJSON, record: RecordJSON | undefined, given: string | null): Typed {
  const value: unknown = record ? flat.get(record.params, property.propertyPath) : (given ?? undefined);
  switch (kindOf(property)) {
    case 'list':
      return Array.isArray(value) ? value.map(String) : [];
    case 'yesNo':
      return String(value) === 'true';
    case 'money':
      return value === undefined || value === null || value === '' ? '' : typedFrom(Number(value));
    default:
      return value === undefined || value === null ? '' : String(value);
  }
}

/**
 * What to send for what was typed: a number for a figure, a list for a list; null for an emptied field.
 * Text that is no number goes as it is, so that the answer names the fault.
 */
export function sentFor(property: BasePropertyJSON, typed: Typed): unknown {
  if (typeof typed !== 'string') return typed;
  if (typed.trim() === '') return null;
  switch (kindOf(property)) {
    case 'money':
      return centsOf(typed) ?? typed;
    case 'number':
      return /^-?\d+$/.test(typed.trim()) ? Number(typed) : typed;
    default:
      return typed;
  }
}
