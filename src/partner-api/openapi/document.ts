import type { INestApplication } from '@nestjs/common';
import * as swagger from '@nestjs/swagger';
import { rateLimits } from '../rate-limits.js';
import { addAnswerExamples } from './answer-examples.js';
import { applyDeferredDecorators } from './decorators.js';
import { toErrorResponse } from './error-responses.js';
import { fitExamples } from './fit-examples.js';
import { addSamples } from './samples/add-samples.js';
import { clientCalls } from './samples/client-calls.js';

/** The OpenAPI 3.1 document of the partner API, from the decorators of its controllers. @param app need not be initialized */
export function buildDocument(app: INestApplication): swagger.OpenAPIObject {
  applyDeferredDecorators(swagger);
  const base = new swagger.DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Partner API')
    .setVersion('v1')
    .setDescription(toOverview())
    .addServer('/', 'This service')
    .addTag('Leased accounts', 'Ask for accounts, follow the request, list and release what you have.')
    .addTag('Introspection', 'Who you are, what is in the wallet, what happened and what you called.')
    .addTag('Webhooks', 'Have events posted to you, or read them.')
    .addTag('Keys', 'Rotate a key, or switch it off.')
    .addTag('Sandbox', 'Move the time of your sandbox, and refill its wallet.')
    // Not `addBearerAuth`, which says that the key is a JWT.
    .addSecurity('partner-key', {
      type: 'http',
      scheme: 'bearer',
      description: '`Authorization: Bearer lp_<env>_<prefix>_<secret>`',
    })
    .build();
  Object.assign(base.info, { license: { name: 'MIT', identifier: 'MIT' } });
  const document = swagger.SwaggerModule.createDocument(app, base);
  // No operation answers it, since it is of the methods that are no operation.
  Object.assign(document.components!, { responses: { MethodNotAllowed: toErrorResponse(['METHOD_NOT_ALLOWED']) } });
  const schemas = document.components?.schemas ?? {};
  const bodies = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map(({ requestBody }) => requestBody),
  );
  for (const name of collectSchemas(bodies, schemas)) Object.assign(schemas[name]!, { additionalProperties: false });
  for (const { patch } of Object.values(document.paths)) {
    const [bodyOfPatch] = collectSchemas(patch?.requestBody, schemas);
    if (bodyOfPatch) Object.assign(schemas[bodyOfPatch]!, { minProperties: 1 });
  }
  fitExamples(document);
  addAnswerExamples(document);
  addSamples(document);
  document.paths = inReadingOrder(document.paths);
  return document;
}

function inReadingOrder(paths: swagger.OpenAPIObject['paths']): swagger.OpenAPIObject['paths'] {
  const order = Object.keys(clientCalls);
  const places = Object.entries(paths).map(([path, item]) => {
    const methods = Object.entries(item as Record<string, { operationId: string }>)
      .map(([method, operation]) => ({ method, operation, place: order.indexOf(operation.operationId) }))
      .sort((one, other) => one.place - other.place);
    const sorted = Object.fromEntries(methods.map(({ method, operation }) => [method, operation]));
    return { path, item: sorted as object, place: methods[0]!.place };
  });
  places.sort((one, other) => one.place - other.place);
  return Object.fromEntries(places.map(({ path, item }) => [path, item]));
}

/** The names of the schemas that `part` refers to, at any depth. */
function collectSchemas(part: unknown, schemas: Record<string, unknown>, found = new Set<string>()): Set<string> {
  for (const [, name] of JSON.stringify(part ?? null).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    if (found.has(name!)) continue;
    found.add(name!);
    collectSchemas(schemas[name!], schemas, found);
  }
  return found;
}

function toOverview(): string {
  const tiers = Object.entries(rateLimits).map(
    ([tier, { 'read-light': reads, 'write-light': writes }]) =>
      `| ${tier} | ${reads.perMinute} | ${writes.perMinute} | ${writes.perDay} |`,
  );
  return [
    'JSON in and out. Times are ISO 8601 UTC with `Z`; money is an integer number of cents, USD. Bodies have at most 64 KiB.',
    'Every error has the same envelope; branch on its `code`. Fault paths name body fields as they are (`niche.geo[1]`), else `path.…`, `query.…` or `header.…`.',
    'Another organization’s objects are a 404. A method that a path does not have is a 405 (`components.responses.MethodNotAllowed`), with those that it has in `Allow`.',
    '## Rate limits',
    'Per key and endpoint class: every GET is `read-light`, everything else `write-light`. Each budget has a fixed window, the minute or the day in UTC: it is renewed in full when the next window begins, so up to twice as many calls can pass around that moment. A 429 gives the seconds to wait in `Retry-After`.',
    ['| tier | reads/min | writes/min | writes/day (UTC) |', '| --- | --- | --- | --- |', ...tiers].join('\n'),
  ].join('\n\n');
}
