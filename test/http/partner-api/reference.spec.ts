import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../../support/app.js';
import { ApiReference, everyRoute, PROJECT, scopeless, scopeOf, type ErrorExample } from './api-reference.js';

interface Examples {
  typical: { value: object };
}

let service: TestApp;
let reference: ApiReference;
beforeAll(async () => {
  service = await startTestApp();
  reference = await ApiReference.read(service);
});
afterAll(() => service.close());

describe('the reference', () => {
  it('says that a body takes no fields but its own, at any depth', () => {
    const { $ref } = reference.operation(`POST ${PROJECT}/request`).requestBody!.content['application/json']!
      .schema as {
      $ref: string;
    };
    const takes = (body: object) => reference.ajv.validate(`reference${$ref}`, body);
    const body = { projectId: `prj_${randomUUID()}`, count: 1, niche: { vertical: 'coffee' } };
    expect(takes(body)).toBe(true);
    expect(takes({ ...body, colour: 'red' })).toBe(false);
    expect(takes({ ...body, niche: { ...body.niche, colour: 'red' } })).toBe(false);
  });

  it('is OpenAPI 3.1 and tells of every route, and of no other', () => {
    expect(reference.document.openapi).toBe('3.1.0');
    const routes = Object.entries(reference.document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.sort()).toEqual([...everyRoute].sort());
    expect(JSON.stringify(reference.document)).not.toContain('"nullable"');
    expect(reference.document.servers).toEqual([{ url: '/', description: 'This service' }]);
    expect(JSON.stringify(reference.document.components.securitySchemes)).not.toContain('JWT');
  });

  it('is the document that is committed', () => {
    expect(JSON.parse(readFileSync('docs/openapi.json', 'utf8'))).toEqual(reference.document);
  });

  it('gives every route a name of its own that a generated client can have', () => {
    const names = everyRoute.map((route) => reference.operation(route).operationId);
    expect(names[0]).toBe('requestLeasedAccounts');
    for (const name of names) expect(name).toMatch(/^[a-z][A-Za-z]{3,30}$/);
    expect(new Set(names).size).toBe(names.length);
  });

  it('says that the windows of limits are fixed', () => {
    expect(reference.document.info.description).toContain('fixed window');
  });

  it.each(everyRoute)(
    'has examples of this route, and none that everybody who tries it out would send: %s',
    (route) => {
      const { parameters = [], requestBody, responses } = reference.operation(route);
      for (const { name, required, schema } of parameters) {
        if (!required)
          expect([name, schema]).toEqual([name, expect.not.objectContaining({ example: expect.anything() })]);
      }
      const exampleOf = (status: number, code: string) =>
        responses[status]?.content['application/json']?.examples?.[code]?.value as ErrorExample | undefined;
      const method = route.split(' ')[0]!;
      const endpointClass = method === 'GET' ? 'read-light' : 'write-light';
      expect(exampleOf(429, 'RATE_LIMITED')!.error.details).toEqual({ endpointClass, limit: 'minute' });
      const requiredScope = scopeless.includes(route) ? 'org:admin' : scopeOf(route);
      expect(exampleOf(403, 'FORBIDDEN_SCOPE')!.error.details).toEqual({ requiredScope });
      const missing = exampleOf(404, 'NOT_FOUND')?.error.message;
      if (route.includes('{requestId}')) expect(missing).toBe('This lease request was not found.');
      else if (route.includes('{socialAccountId}')) expect(missing).toBe('This leased account was not found.');
      else if (route.includes('{endpointId}')) expect(missing).toBe('This webhook endpoint was not found.');
      else if (route.includes('{deliveryId}')) expect(missing).toBe('This webhook delivery was not found.');
      else if (route.includes('{apiKeyId}')) expect(missing).toBe('This API key was not found.');
      else if (route === 'POST /v1/webhook-endpoints') expect(missing).toBe('This project was not found.');
      else if (route.includes('{projectId}')) expect(missing).toBe('This project was not found.');
      else expect(missing).toBeUndefined();
      const [{ path }] = exampleOf(422, 'VALIDATION')!.error.details.fields as [{ path: string }];
      const [place, name] = path.split('.');
      if (place === 'query' && name !== 'verbose') expect(parameters.map((one) => one.name)).toContain(name);
      expect(place === 'query' || place === 'path').toBe(requestBody === undefined);
    },
  );

  it.each(everyRoute)('tells fields, limits, headers, security and errors with examples: %s', (route) => {
    const { summary, parameters = [], responses, security } = reference.operation(route);
    expect(summary).toEqual(expect.any(String));
    expect(security).toEqual([{ 'partner-key': [] }]);
    for (const parameter of parameters)
      expect(parameter).toMatchObject({ description: expect.any(String), schema: { type: expect.any(String) } });
    const params = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(params);
    expect(parameters.some((one) => one.in === 'header' && one.name === 'X-Layers-Organization')).toBe(true);
    const isMutation = !route.startsWith('GET');
    expect(parameters.some(({ name }) => name === 'Idempotency-Key')).toBe(isMutation);

    const statuses = ['401', '413', '422', '429', '500', '503'];
    if (!scopeless.includes(route)) statuses.push('403');
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(statuses));
    for (const [status, answer] of Object.entries(responses)) {
      expect(answer.headers).toHaveProperty('X-Request-Id');
      if (status !== '401' && status !== '413') expect(answer.headers).toHaveProperty('X-RateLimit-Remaining');
      if (status === '429' || status === '503') expect(answer.headers).toHaveProperty('Retry-After');
      if (Number(status) < 400) continue;
      const { examples = {}, schema } = answer.content['application/json']!;
      expect(Object.keys(examples).length).toBeGreaterThan(0);
      for (const { value } of Object.values(examples)) {
        const name = (schema as { $ref: string }).$ref.split('/').at(-1)!;
        expect(reference.ajv.validate(`reference#/components/schemas/${name}`, value)).toBe(true);
      }
    }
  });

  it.each(everyRoute)('shows an answer as its schema says, with no text made up by a generator: %s', (route) => {
    const answers = Object.entries(reference.operation(route).responses).filter(([status]) => status.startsWith('2'));
    expect(answers).toHaveLength(1);
    for (const [, { content }] of answers) {
      const { schema, examples } = content['application/json']!;
      const name = (schema as { $ref: string }).$ref.split('/').at(-1)!;
      const validate = reference.ajv.getSchema(`reference#/components/schemas/${name}`)!;
      expect([validate(examples!.typical!.value), validate.errors]).toEqual([true, null]);
      expect(JSON.stringify(examples)).not.toContain('"string"');
    }
  });

  it.each(everyRoute)('has a body that its schema takes in each sample: %s', (route) => {
    const { requestBody } = reference.operation(route);
    const json = requestBody?.content['application/json'] as
      { schema: { $ref: string }; examples: Examples } | undefined;
    if (!json) return;
    const name = json.schema.$ref.split('/').at(-1)!;
    expect(reference.ajv.validate(`reference#/components/schemas/${name}`, json.examples.typical.value)).toBe(true);
  });

  it('tells the limits of a submission', () => {
    expect(reference.document.components.schemas.SubmitLeaseRequestBody).toMatchObject({
      required: ['projectId', 'count', 'niche'],
      properties: {
        count: { type: 'integer', minimum: 1, maximum: 50 },
        target: { type: 'string', maxLength: 2000 },
        note: { type: 'string', maxLength: 2000 },
        requestId: { type: 'string', pattern: expect.any(String) },
      },
    });
    expect(reference.document.components.schemas.Niche).toMatchObject({
      required: ['vertical'],
      properties: {
        vertical: { minLength: 1, pattern: expect.any(String) },
        audience: { maxLength: 500 },
        language: { type: 'string' },
        geo: { type: 'array', maxItems: 50, uniqueItems: true, items: { type: 'string' } },
      },
    });
  });
});
