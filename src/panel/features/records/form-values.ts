import { flat, type BasePropertyJSON, type RecordJSON } from 'adminjs';
import { formatDollarInput, parseDollars } from '../../lib/amounts.js';
import { isFigure } from './property-kinds.js';

/** What a form's field holds while one types: text, several choices, or yes and no. */
export type FieldValue = string | string[] | boolean;

export function getFieldKind(property: BasePropertyJSON): 'money' | 'number' | 'list' | 'boolean' | 'text' {
  if (property.isArray) return 'list';
  if (property.type === 'boolean') return 'boolean';
  if (/cents$/i.test(property.propertyPath)) return 'money';
  if (isFigure(property)) return 'number';
  return 'text';
}

/** @param params of a record, or what the address gives for a new one */
export function toFieldValue(property: BasePropertyJSON, params: Record<string, unknown>): FieldValue {
  const value: unknown = flat.get(params as RecordJSON['params'], property.propertyPath);
  switch (getFieldKind(property)) {
    case 'list':
      return Array.isArray(value) ? value.map(String) : [];
    case 'boolean':
      return String(value) === 'true';
    case 'money':
      return value === undefined || value === null || value === '' ? '' : formatDollarInput(Number(value));
    default:
      return value === undefined || value === null ? '' : String(value);
  }
}

/** For the request's body; null for an emptied field. Text that is no number goes as it is, so that the answer names the error. */
export function fromFieldValue(property: BasePropertyJSON, value: FieldValue): unknown {
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return null;
  switch (getFieldKind(property)) {
    case 'money':
      return parseDollars(value) ?? value;
    case 'number':
      return /^-?\d+$/.test(value.trim()) ? Number(value) : value;
    default:
      return value;
  }
}
