import type { OpenAPIObject } from '@nestjs/swagger';
import { clientCalls, type ClientCall } from './client-calls.js';
import { toJson, toPython, toSnakeCase, toTypeScript } from './literals.js';

/** How generators and pages name samples of code in an OpenAPI document. */
export const SAMPLES_EXTENSION = 'x-codeSamples';

export interface Sample {
  lang: 'Shell' | 'TypeScript' | 'Python';
  label: string;
  source: string;
}

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required?: boolean; schema: { example?: unknown } }[];
  requestBody?: { content: Record<string, { examples?: { typical?: { value: object } } }> };
}

const IDEMPOTENCY_KEY = '9a2f1e44-6b3c-4d19-9e8a-f2d7c1b5e777';

/** A call with the examples of the document. Base URL and key come from the environment. */
interface ExampleCall {
  method: string;
  /** With its parameters filled in. */
  path: string;
  pathParameters: Record<string, unknown>;
  body?: object;
}

/** Gives every operation a call in curl, TypeScript and Python, made of its examples. */
export function addSamples(document: OpenAPIObject): void {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item) as unknown as [string, Operation][]) {
      const call = toExampleCall(method.toUpperCase(), path, operation);
      const client = clientCalls[operation.operationId];
      if (!client) throw new Error(`clientCalls does not have ${operation.operationId}.`);
      const samples: Sample[] = [
        { lang: 'Shell', label: 'curl', source: toCurl(client, call) },
        { lang: 'TypeScript', label: 'TypeScript', source: toTypeScriptCall(client, call) },
        { lang: 'Python', label: 'Python', source: toPythonCall(client, call) },
      ];
      Object.assign(operation, { [SAMPLES_EXTENSION]: samples });
    }
  }
}

function toExampleCall(method: string, path: string, { parameters = [], requestBody }: Operation): ExampleCall {
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const pathParameters = Object.fromEntries(inPath.map(({ name, schema }) => [name, schema.example]));
  return {
    method,
    path: path.replace(/\{(\w+)\}/g, (_, name: string) => String(pathParameters[name])),
    pathParameters,
    body: requestBody?.content['application/json']?.examples?.typical?.value,
  };
}

function toCurl({ withIdempotencyKey }: ClientCall, { method, path, body }: ExampleCall): string {
  const isImplied = method === (body ? 'POST' : 'GET');
  const lines = [
    `curl ${isImplied ? '' : `-X ${method} `}"$LAYERS_BASE_URL${path}"`,
    '-H "Authorization: Bearer $LAYERS_API_KEY"',
    ...(withIdempotencyKey ? [`-H "Idempotency-Key: ${IDEMPOTENCY_KEY}"`] : []),
    ...(body ? ['-H "Content-Type: application/json"', `-d ${quote(toJson(body))}`] : []),
  ];
  return lines.join(' \\\n  ');
}

/** For a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function toTypeScriptCall(client: ClientCall, call: ExampleCall): string {
  const { resource, method, result, isList, isPositional, withIdempotencyKey } = client;
  const input = { ...call.pathParameters, ...call.body };
  const given = Object.values(input);
  const values = given.length === 0 ? [] : [toTypeScript(isPositional ? given[0] : input)];
  if (withIdempotencyKey) values.push('{ idempotencyKey: crypto.randomUUID() }');
  const callee = ['layers', resource, method].filter(Boolean).join('.');
  const args = values.length < 2 ? values.join('') : `\n${values.map((value) => `  ${indent(value)},\n`).join('')}`;
  const expression = `${callee}(${args})`;
  return [
    'import { Layers } from "layers-partner";',
    '',
    'const layers = new Layers();',
    ...(isList
      ? [`for await (const ${result} of ${expression}) console.log(${result});`]
      : [`const ${result} = await ${expression};`, `console.log(${result});`]),
  ].join('\n');
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n  ');
}

function toPythonCall(client: ClientCall, call: ExampleCall): string {
  const { resource, method, result, isList, isPositional, withIdempotencyKey } = client;
  const input = Object.entries({ ...call.pathParameters, ...call.body });
  const toKeyword = (name: string) => (isPositional ? '' : `${toSnakeCase(name)}=`);
  const values = input.map(([name, value]) => toKeyword(name) + toPython(value, '    '));
  if (withIdempotencyKey) values.push('idempotency_key=str(uuid.uuid4())');
  const line = values.join(', ');
  const isShort = values.length <= 1 && line.length <= 60 && !line.includes('\n');
  const args = isShort ? line : `\n${values.map((value) => `    ${value},\n`).join('')}`;
  const callee = ['layers', resource && toSnakeCase(resource), toSnakeCase(method)].filter(Boolean).join('.');
  return [
    ...(withIdempotencyKey ? ['import uuid', ''] : []),
    'from layers import Layers',
    '',
    'layers = Layers()',
    ...(isList
      ? [`for ${result} in ${callee}(${args}):`, `    print(${result})`]
      : [`${result} = ${callee}(${args})`, `print(${result})`]),
  ].join('\n');
}
