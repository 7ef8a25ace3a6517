import React from 'react';
import { resolveSchema, type ApiDocument, type Parameter, type Schema } from '../api-document.js';
import { renderMarkdown } from '../markdown.js';

/** Deeper fields are told by their example. */
const MAX_DEPTH = 3;
/** Longer lists of values are folded. */
const MAX_VALUES_SHOWN = 8;

interface FieldsProps {
  schema: Schema;
  document: ApiDocument;
  /** Whether fields that may be missing are marked; those of a request are. */
  isRequest?: boolean;
  depth?: number;
}

/** The fields of an object, those of its objects below them. */
export function Fields({ schema, document, isRequest = false, depth = 1 }: FieldsProps) {
  const { properties = {}, required = [] } = resolveSchema(schema, document);
  return (
    <ul className="fields">
      {Object.entries(properties).map(([name, property]) => {
        const inner = findInner(property, document);
        const isOptional = !required.includes(name);
        return (
          <li key={name}>
            <FieldHead
              name={name}
              schema={property}
              document={document}
              mark={isRequest ? (isOptional ? 'optional' : 'required') : isOptional ? 'may be missing' : undefined}
            />
            {inner && depth < MAX_DEPTH && (
              <details open={isRequest}>
                <summary>
                  Fields of <code>{name}</code>
                </summary>
                <Fields schema={inner} document={document} isRequest={isRequest} depth={depth + 1} />
              </details>
            )}
          </li>
        );
      })}
    </ul>
  );
}

export function Parameters({ parameters, document }: { parameters: Parameter[]; document: ApiDocument }) {
  return (
    <ul className="fields">
      {parameters.map(({ name, schema, required, description }) => (
        <li key={name}>
          <FieldHead
            name={name}
            schema={{ ...schema, description }}
            document={document}
            mark={required ? 'required' : 'optional'}
          />
        </li>
      ))}
    </ul>
  );
}

interface FieldHeadProps {
  name: string;
  schema: Schema;
  document: ApiDocument;
  mark?: string;
}

function FieldHead({ name, schema, document, mark }: FieldHeadProps) {
  const resolved = resolveSchema(schema, document);
  const limits = listLimits(resolved);
  const values = (resolved.enum ?? resolved.items?.enum ?? []).filter((value) => value !== null).map(String);
  return (
    <>
      <div className="field">
        <code className="name">{name}</code>
        <span className="type">{describeType(schema, document)}</span>
        {mark && <span className={`mark ${mark === 'required' ? 'required' : ''}`}>{mark}</span>}
      </div>
      {resolved.description && (
        <div className="prose" dangerouslySetInnerHTML={{ __html: renderMarkdown(resolved.description) }} />
      )}
      {limits.length > 0 && <p className="limits">{limits.join(' · ')}</p>}
      {values.length > 0 && <Values values={values} />}
    </>
  );
}

function Values({ values }: { values: string[] }) {
  const list = (
    <p className="values">
      {values.map((value) => (
        <code key={value}>{value}</code>
      ))}
    </p>
  );
  if (values.length <= MAX_VALUES_SHOWN) return list;
  return (
    <details>
      <summary>{values.length} values</summary>
      {list}
    </details>
  );
}

function describeType(schema: Schema, document: ApiDocument): string {
  const { type, items, format, nullable } = resolveSchema(schema, document);
  const types = [type ?? 'any'].flat();
  const names = types
    .filter((name) => name !== 'null')
    .map((name) => (name === 'string' && format ? toWord(format) : name));
  const item = items && [resolveSchema(items, document).type ?? 'object'].flat()[0];
  const text = names.includes('array') ? `list of ${item}s` : names.join(' or ');
  return nullable || types.includes('null') ? `${text} or null` : text;
}

function toWord(format: string): string {
  return format === 'date-time' ? 'time' : format;
}

function listLimits(schema: Schema): string[] {
  const { minimum, maximum, minLength, maxLength, maxItems, uniqueItems } = schema;
  const range = (low: number | undefined, high: number | undefined, unit: string) =>
    high === undefined ? [] : [`${low === undefined ? 'at most' : `${low} to`} ${high.toLocaleString('en-US')}${unit}`];
  return [
    ...range(minimum, maximum, ''),
    ...range(minLength, maxLength, ' characters'),
    ...range(undefined, maxItems, ' items'),
    ...(uniqueItems ? ['none twice'] : []),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
  ];
}

/** The schema of the fields of a field: of the object that it is, or of the items of its list. */
function findInner(schema: Schema, document: ApiDocument): Schema | undefined {
  const resolved = resolveSchema(schema, document);
  if (resolved.properties) return resolved;
  const items = resolved.items && resolveSchema(resolved.items, document);
  return items?.properties ? items : undefined;
}
