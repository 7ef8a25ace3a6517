/** What the pages read of the OpenAPI document. */

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  description?: string;
  default?: unknown;
  example?: unknown;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema: Schema;
}

export interface Response {
  description: string;
  headers?: Record<string, { description?: string }>;
  content?: Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }>;
}

export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  parameters?: Parameter[];
  requestBody?: {
    required?: boolean;
    content: Record<string, { schema: Schema; examples?: { typical?: { value: unknown } } }>;
  };
  responses: Record<string, Response>;
  'x-required-scope'?: string;
  'x-codeSamples': { lang: string; label: string; source: string }[];
}

export interface Route extends Operation {
  method: string;
  path: string;
}

export interface ApiDocument {
  info: { description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export function listRoutes({ paths }: ApiDocument): Route[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
}

/** The schema itself instead of a reference to it; of alternatives the one that is not null. */
export function resolveSchema(schema: Schema, document: ApiDocument): Schema & { name?: string; nullable?: boolean } {
  const { $ref, allOf, anyOf, ...own } = schema;
  if (allOf?.[0]) return { ...resolveSchema(allOf[0], document), ...own };
  const other = anyOf?.find(({ type }) => type !== 'null');
  if (other) return { ...resolveSchema(other, document), ...own, nullable: true };
  if (!$ref) return schema;
  const name = $ref.split('/').at(-1)!;
  return { ...resolveSchema(document.components.schemas[name]!, document), ...own, name };
}
