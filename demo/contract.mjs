import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const DOCUMENT = new URL('../docs/openapi.json', import.meta.url);

/** `docs/openapi.json`, which answers are held against. */
export class Contract {
  #paths;
  #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor() {
    const document = JSON.parse(readFileSync(DOCUMENT, 'utf8'));
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(document, 'contract');
    this.#paths = Object.entries(document.paths).map(([route, methods]) => ({
      route,
      methods,
      pattern: new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`),
    }));
  }

  /** @returns {string[]} in what an answer differs: status, headers, body */
  findFaults({ method, path, status, headers, body }) {
    const { route, methods } = this.#paths.find(({ pattern }) => pattern.test(path)) ?? {};
    const operation = methods?.[method.toLowerCase()];
    if (!operation) return [`${method} ${path} is no route`];
    const told = operation.responses[status];
    if (!told) return [`${method} ${route} does not answer ${status}`];
    const place = ['paths', route, method.toLowerCase(), 'responses', String(status)];
    const faults = this.#validate([...place, 'content', 'application/json', 'schema'], body, 'body');
    for (const [name, { required = false }] of Object.entries(told.headers ?? {})) {
      const value = headers.get(name);
      if (value === null) faults.push(...(required ? [`${name} is missing`] : []));
      else faults.push(...this.#validateHeader([...place, 'headers', name, 'schema'], value, name, told.headers[name]));
    }
    if (headers.get('Cache-Control') !== 'no-store') faults.push('Cache-Control is not no-store');
    if (status >= 400 && body?.error?.requestId !== headers.get('X-Request-Id')) {
      faults.push('the error’s requestId is not that of X-Request-Id');
    }
    return faults;
  }

  #validateHeader(place, value, name, { schema }) {
    return this.#validate(place, schema.type === 'integer' ? Number(value) : value, name);
  }

  #validate(place, value, name) {
    const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = this.#ajv.getSchema(`contract#/${pointer}`);
    if (validate(value)) return [];
    return validate.errors.map(({ instancePath, message }) => `${name}${instancePath} ${message}`);
  }
}
