import React from 'react';
import { toJson } from '../../partner-api/openapi/samples/literals.js';
import type { Parameter, Route } from '../api-document.js';

/** A form that calls the route with the key of the bar; its script is `assets/try-it.js`. */
export function TryIt({ route }: { route: Route }) {
  const { operationId, method, path, parameters = [], requestBody, summary } = route;
  const example = requestBody?.content['application/json']?.examples?.typical?.value;
  const inputs = parameters.filter((parameter) => parameter.in !== 'header');
  const repeated = inputs.find(({ name, in: place }) => place === 'path' && hasField(example, name))?.name;
  return (
    <details className="try">
      <summary>Try it</summary>
      <form data-method={method} data-path={path} aria-label={`Try: ${summary}`} noValidate>
        {inputs.map((parameter) => (
          <Input key={parameter.name} parameter={parameter} id={`${operationId}-${parameter.name}`} />
        ))}
        {example !== undefined && (
          <div className="input">
            <label htmlFor={`${operationId}-body`}>
              Body, JSON {repeated && <span>its {repeated} follows the field above</span>}
            </label>
            <textarea
              id={`${operationId}-body`}
              name="body"
              spellCheck={false}
              rows={Math.min(14, toJson(example).split('\n').length + 1)}
              defaultValue={toJson(example)}
            />
          </div>
        )}
        <p className="actions">
          <button type="submit">Send</button>
          {method !== 'GET' && <span className="hint">With a new Idempotency-Key each time.</span>}
        </p>
        <p className="live" hidden>
          This key is live: the call takes effect for real.
        </p>
        <div className="outcome">
          <p className="answer-line" role="status" />
          <div className="answer" />
        </div>
      </form>
    </details>
  );
}

function hasField(body: unknown, name: string): boolean {
  return typeof body === 'object' && body !== null && name in body;
}

function Input({ parameter, id }: { parameter: Parameter; id: string }) {
  const { name, schema, required } = parameter;
  const isMap = schema.type === 'object';
  const values = schema.enum?.map(String);
  return (
    <div className="input">
      <label htmlFor={id}>
        {name} {!required && <span>optional</span>}
      </label>
      {values ? (
        <select id={id} name={name} data-in={parameter.in} defaultValue="">
          <option value="" />
          {values.map((value) => (
            <option key={value}>{value}</option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          name={name}
          data-in={parameter.in}
          data-map={isMap || undefined}
          required={required}
          list={name === 'projectId' ? 'projects' : undefined}
          autoComplete="off"
          spellCheck={false}
          placeholder={isMap ? 'name=value' : toPlaceholder(schema.example)}
        />
      )}
    </div>
  );
}

function toPlaceholder(example: unknown): string | undefined {
  return typeof example === 'string' ? example : undefined;
}
