import { describe, expect, it } from '@jest/globals';
import { findBreakingChanges } from '../../../scripts/openapi/breaking-changes.js';

/** Of a route that takes and answers all that the comparison looks at. */
function aDocument() {
  return {
    servers: [{ url: '/' }],
    security: [{ 'partner-key': [] }] as object[],
    paths: {
      '/v1/things/{thingId}': {
        post: {
          operationId: 'changeThing',
          security: [{ 'partner-key': [] }] as object[],
          parameters: [
            { name: 'thingId', in: 'path', required: true, schema: { type: 'string', pattern: '^a' } },
            {
              name: 'limit',
              in: 'query',
              required: false,
              schema: { type: 'integer', minimum: 1, maximum: 9 },
            },
          ] as Record<string, unknown>[],
          requestBody: {
            required: false,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Change' } } },
          } as object | undefined,
          responses: {
            '200': {
              headers: { 'X-Request-Id': { required: true, schema: { type: 'string' } } } as object,
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } as object,
            },
            '409': {
              content: {
                'application/json': {
                  schema: { $ref: '#/components/schemas/Failure' },
                  examples: { CONFLICT: {}, NOT_NOW: {} } as object,
                },
              },
            },
          } as Record<string, Answer>,
        },
      },
    } as Record<string, Record<string, Operation>>,
    components: {
      securitySchemes: { 'partner-key': { type: 'http', scheme: 'bearer', description: 'A key' } } as Record<
        string,
        Record<string, unknown>
      >,
      schemas: {
        Change: {
          type: 'object',
          required: ['name'],
          properties: {
            name: { type: 'string', maxLength: 10, enum: ['a', 'b'] },
            tags: { type: 'array', maxItems: 5, items: { type: 'string' } },
            inner: { description: 'Both', allOf: [{ $ref: '#/components/schemas/Inner' }] },
          } as Properties,
        },
        Inner: { type: 'object', properties: { size: { type: 'number', default: 5 } } as Properties },
        Thing: {
          type: 'object',
          required: ['id', 'state', 'parent'],
          properties: {
            id: { type: 'string', pattern: '^t' },
            state: { type: 'string', enum: ['on', 'off'] },
            size: { type: 'integer', maximum: 5 },
            parent: { anyOf: [{ $ref: '#/components/schemas/Thing' }, { type: 'null' }] },
          } as Properties,
        },
        Failure: { type: 'object', properties: { code: { type: 'string' } } as Properties },
      } as Record<
        string,
        { type: string; required?: string[]; properties: Properties; additionalProperties?: boolean }
      >,
    },
  };
}
type Answer = { headers?: object; content: Record<string, { schema: object; examples?: object }> };
type Properties = Record<string, Record<string, unknown>>;
type Operation = {
  operationId: string;
  security: object[];
  parameters: Record<string, unknown>[];
  requestBody?: { required?: boolean; content?: object };
  responses: Record<string, Answer>;
  [name: string]: unknown;
};
type Document = ReturnType<typeof aDocument>;

const PATH = '/v1/things/{thingId}';
const ROUTE = `POST ${PATH}`;

function changesAfter(change: (parts: ReturnType<typeof readParts>, document: Document) => void): string[] {
  const after = aDocument();
  change(readParts(after), after);
  return findBreakingChanges(aDocument(), after);
}

function readParts(document: Document) {
  const operation = document.paths[PATH]!.post!;
  const { Change, Inner, Thing } = document.components.schemas as Record<'Change' | 'Inner' | 'Thing', Schema>;
  return { operation, limit: operation.parameters[1]!, ok: operation.responses['200']!, Change, Inner, Thing };
}
type Schema = Document['components']['schemas'][string];

const remove = (from: object, name: string) => delete (from as Record<string, unknown>)[name];

describe('a breaking change', () => {
  it.each<[what: string, change: Parameters<typeof changesAfter>[0], told: string]>([
    ['a path that is gone', (_, { paths }) => remove(paths, PATH), `${PATH}: the path is gone`],
    ['a method that is gone', (_, { paths }) => remove(paths[PATH]!, 'post'), `${ROUTE}: the method is gone`],
    [
      'another operationId',
      ({ operation }) => (operation.operationId = 'editThing'),
      `${ROUTE}: operationId was changeThing, is editThing`,
    ],
    [
      'another scope',
      ({ operation }) => (operation['x-required-scope'] = 'keys:write'),
      `${ROUTE}: x-required-scope was nothing, is keys:write`,
    ],
    [
      'another kind of key',
      ({ operation }) => (operation.security = [{ cookie: [] }]),
      `${ROUTE}: security was [{"partner-key":[]}], is [{"cookie":[]}]`,
    ],
    ['another default', ({ Inner }) => (Inner.properties.size!.default = 3), 'request Inner.size: default was 5, is 3'],
    [
      'another key for every route',
      (_, document) => (document.security = []),
      'the document: security was [{"partner-key":[]}], is []',
    ],
    [
      'another address',
      (_, { servers }) => (servers[0]!.url = '/v2'),
      'the document: servers was [{"url":"/"}], is [{"url":"/v2"}]',
    ],
    [
      'another way to send the key',
      (_, { components }) => (components.securitySchemes['partner-key']!.scheme = 'basic'),
      'the security scheme partner-key: scheme was bearer, is basic',
    ],
    [
      'a kind of key that is gone',
      (_, { components }) => remove(components.securitySchemes, 'partner-key'),
      'the security scheme partner-key: is gone',
    ],
    ['a parameter that is gone', ({ operation }) => operation.parameters.pop(), `${ROUTE}: query limit: is gone`],
    [
      'a parameter that has to be given',
      ({ limit }) => (limit.required = true),
      `${ROUTE}: query limit: is required now`,
    ],
    [
      'a new parameter that has to be given',
      ({ operation }) => operation.parameters.push({ name: 'a', in: 'query', required: true, schema: {} }),
      `${ROUTE}: query a: is new and required`,
    ],
    [
      'another style of a parameter',
      ({ limit }) => (limit.style = 'deepObject'),
      `${ROUTE}: query limit: style was nothing, is deepObject`,
    ],
    [
      'a lower maximum of what is sent',
      ({ limit }) => (limit.schema = { type: 'integer', minimum: 1, maximum: 8 }),
      `${ROUTE}: query limit: maximum was 9, is 8`,
    ],
    [
      'a higher minimum of what is sent',
      ({ limit }) => (limit.schema = { type: 'integer', minimum: 2, maximum: 9 }),
      `${ROUTE}: query limit: minimum was 1, is 2`,
    ],
    [
      'a body that has to be given',
      ({ operation }) => (operation.requestBody!.required = true),
      `${ROUTE}: body: is required now`,
    ],
    ['a body that is not taken', ({ operation }) => (operation.requestBody = undefined), `${ROUTE}: body: is gone`],
    [
      'a content type that is not taken',
      ({ operation }) => (operation.requestBody!.content = {}),
      `${ROUTE}: body: application/json is gone`,
    ],
    ['a field that is not taken', ({ Change }) => remove(Change.properties, 'tags'), 'request Change.tags: is gone'],
    [
      'a field that has to be given',
      ({ Change }) => Change.required!.push('tags'),
      'request Change.tags: is required now',
    ],
    [
      'a new field that has to be given',
      ({ Change }) =>
        Object.assign(Change, { required: ['name', 'size'], properties: { ...Change.properties, size: {} } }),
      'request Change.size: is required now',
    ],
    [
      'fields of any name that are refused',
      ({ Change }) => (Change.additionalProperties = false),
      'request Change: refuses other fields now',
    ],
    [
      'a value that is not taken',
      ({ Change }) => (Change.properties.name!.enum = ['a']),
      'request Change.name: the value b is gone',
    ],
    [
      'values that alone are taken',
      ({ Change }) => (Change.properties.tags!.items = { type: 'string', enum: ['x'] }),
      'request Change.tags[items]: takes some values only now',
    ],
    [
      'a length that is not taken',
      ({ Change }) => (Change.properties.name!.maxLength = 9),
      'request Change.name: maxLength was 10, is 9',
    ],
    [
      'a limit where there was none',
      ({ Change }) => (Change.properties.tags!.minItems = 1),
      'request Change.tags: minItems was nothing, is 1',
    ],
    [
      'another pattern of what is sent',
      ({ Change }) => (Change.properties.name!.pattern = '^x'),
      'request Change.name: pattern was nothing, is ^x',
    ],
    [
      'repeated items that are refused',
      ({ Change }) => (Change.properties.tags!.uniqueItems = true),
      'request Change.tags: uniqueItems was false, is true',
    ],
    [
      'a type that is not taken, below allOf',
      ({ Inner }) => (Inner.properties.size!.type = 'integer'),
      'request Inner.size: the type was number, is integer',
    ],
    [
      'a type that is not taken any more',
      ({ Change }) => remove(Change.properties.tags!, 'type') && (Change.properties.tags!.type = 'string'),
      'request Change.tags: the type was array, is string',
    ],
    [
      'a status that is gone',
      ({ operation }) => remove(operation.responses, '409'),
      `${ROUTE}: 409: the status is gone`,
    ],
    [
      'a new status of success',
      ({ operation, ok }) => (operation.responses['201'] = ok),
      `${ROUTE}: 201: is a new status of success`,
    ],
    [
      'a code that is gone',
      ({ operation }) => remove(operation.responses['409']!.content['application/json']!.examples!, 'NOT_NOW'),
      `${ROUTE}: 409: the code NOT_NOW is gone`,
    ],
    ['a header that is gone', ({ ok }) => (ok.headers = {}), `${ROUTE}: 200 X-Request-Id: the header is gone`],
    [
      'a header that may be missing',
      ({ ok }) => (ok.headers = { 'X-Request-Id': { schema: { type: 'string' } } }),
      `${ROUTE}: 200 X-Request-Id: the header may be missing now`,
    ],
    ['an answer without content', ({ ok }) => (ok.content = {}), `${ROUTE}: 200: application/json is gone`],
    ['a field that is not answered', ({ Thing }) => remove(Thing.properties, 'size'), 'answer Thing.size: is gone'],
    ['a field that may be missing', ({ Thing }) => Thing.required!.pop(), 'answer Thing.parent: may be missing now'],
    [
      'a field that may be null',
      ({ Thing }) => (Thing.properties.id!.type = ['string', 'null']),
      'answer Thing.id: the type was string, is string|null',
    ],
    [
      'another type of a field',
      ({ Thing }) => (Thing.properties.size!.type = 'number'),
      'answer Thing.size: the type was integer, is number',
    ],
    [
      'a field of any type',
      ({ Thing }) => remove(Thing.properties.id!, 'type'),
      'answer Thing.id: the type was string, is any',
    ],
    [
      'a value that is not answered',
      ({ Thing }) => (Thing.properties.state!.enum = ['on']),
      'answer Thing.state: the value off is gone',
    ],
    [
      'a field that may have any value',
      ({ Thing }) => remove(Thing.properties.state!, 'enum'),
      'answer Thing.state: may have any value now',
    ],
    [
      'a higher maximum of what is answered',
      ({ Thing }) => (Thing.properties.size!.maximum = 6),
      'answer Thing.size: maximum was 5, is 6',
    ],
    [
      'another pattern of what is answered',
      ({ Thing }) => (Thing.properties.id!.pattern = '^u'),
      'answer Thing.id: pattern was ^t, is ^u',
    ],
    [
      'a field without its pattern',
      ({ Thing }) => remove(Thing.properties.id!, 'pattern'),
      'answer Thing.id: pattern was ^t, is nothing',
    ],
  ])('is %s', (_what, change, told) => {
    expect(changesAfter(change)).toEqual([told]);
  });
});

describe('an additive change', () => {
  it.each<[what: string, change: Parameters<typeof changesAfter>[0]]>([
    ['nothing', () => undefined],
    ['a path', (_, { paths }) => (paths['/v1/others'] = paths[PATH]!)],
    ['a method', (_, { paths }) => (paths[PATH]!.get = paths[PATH]!.post!)],
    ['a parameter', ({ operation }) => operation.parameters.push({ name: 'a', in: 'query', schema: {} })],
    ['a field that may be sent', ({ Change }) => (Change.properties.colour = { type: 'string' })],
    ['a field that need not be sent any more', ({ Change }) => (Change.required = [])],
    ['a value that may be sent', ({ Change }) => (Change.properties.name!.enum = ['a', 'b', 'c'])],
    ['longer texts', ({ Change }) => (Change.properties.name!.maxLength = 11)],
    ['another type that is taken', ({ Change }) => (Change.properties.name!.type = ['string', 'null'])],
    ['an error status', ({ operation, ok }) => (operation.responses['429'] = ok)],
    ['a field of an answer', ({ Thing }) => (Thing.properties.colour = { type: 'string' })],
    ['a field that is always answered', ({ Thing }) => Thing.required!.push('size')],
    ['a value of an answer', ({ Thing }) => (Thing.properties.state!.enum = ['on', 'off', 'broken'])],
    ['a narrower answer', ({ Thing }) => (Thing.properties.size!.maximum = 4)],
    ['another text', ({ operation, Thing }) => (operation.summary = Thing.properties.id!.description = 'New')],
  ])('may be %s', (_what, change) => {
    expect(changesAfter(change)).toEqual([]);
  });
});
