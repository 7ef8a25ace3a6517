/**
 * What of an OpenAPI document no longer holds in a later one. Requests may only accept more, answers only say more:
 * new routes, optional request fields, answer fields and values of answer enums are no breaking changes.
 */

type Json = Record<string, unknown>;
/** A request is judged by what it accepts, an answer by what a client may rely on. */
type Direction = 'request' | 'answer';

export function findBreakingChanges(before: Json, after: Json): string[] {
  return new Comparison(before, after).compare();
}

/** Limits that a smaller value narrows, and those that a larger one narrows. */
const upperLimits = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
const lowerLimits = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
/** Rules that cannot be ordered: any other value counts as narrower. */
const opaqueRules = ['pattern', 'format', 'const', 'multipleOf'];
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

class Comparison {
  private readonly found: string[] = [];
  /** Pairs of references that are compared already: schemas may refer to themselves. */
  private readonly seen = new Set<string>();

  constructor(
    private readonly before: Json,
    private readonly after: Json,
  ) {}

  compare(): string[] {
    this.compareValues('the document', ['security', 'servers'], this.before, this.after);
    const [schemes, schemesNow] = [this.before, this.after].map((one) => at(one.components, 'securitySchemes') ?? {});
    for (const [name, scheme] of entries(schemes)) {
      const now = at(schemesNow, name);
      if (now) this.compareValues(`the security scheme ${name}`, ['type', 'scheme', 'in', 'name'], scheme, now);
      else this.report(`the security scheme ${name}`, 'is gone');
    }
    for (const [path, item] of entries(this.before.paths)) {
      const now = at(this.after.paths, path);
      if (!now) this.report(path, 'the path is gone');
      else this.comparePath(path, item, now);
    }
    return [...new Set(this.found)];
  }

  private comparePath(path: string, before: Json, after: Json): void {
    for (const method of methods.filter((name) => name in before)) {
      const place = `${method.toUpperCase()} ${path}`;
      const now = at(after, method);
      if (!now) this.report(place, 'the method is gone');
      else this.compareOperation(place, at(before, method)!, now);
    }
  }

  private compareOperation(place: string, before: Json, after: Json): void {
    this.compareValues(place, ['operationId', 'x-required-scope', 'security'], before, after);
    this.compareParameters(place, before, after);
    this.compareRequestBody(place, at(before, 'requestBody'), at(after, 'requestBody'));
    this.compareResponses(place, at(before, 'responses') ?? {}, at(after, 'responses') ?? {});
  }

  private compareValues(place: string, names: string[], before: Json, after: Json): void {
    for (const name of names.filter((one) => !isEqual(before[one], after[one])))
      this.report(place, `${name} was ${show(before[name])}, is ${show(after[name])}`);
  }

  private compareParameters(place: string, before: Json, after: Json): void {
    const toKey = ({ in: where, name }: Json) => [where, name].join(' ');
    const [old, now] = [before, after].map(
      ({ parameters = [] }) => new Map((parameters as Json[]).map((one) => [toKey(one), one])),
    ) as [Map<string, Json>, Map<string, Json>];
    for (const [key, parameter] of old) {
      const other = now.get(key);
      const where = `${place}: ${key}`;
      if (!other) {
        this.report(where, 'is gone');
        continue;
      }
      if (other.required && !parameter.required) this.report(where, 'is required now');
      for (const rule of ['style', 'explode']) {
        if (parameter[rule] !== other[rule])
          this.report(where, `${rule} was ${show(parameter[rule])}, is ${show(other[rule])}`);
      }
      this.compareSchemas(where, 'request', parameter.schema, other.schema);
    }
    for (const [key, { required }] of now) {
      if (required && !old.has(key)) this.report(`${place}: ${key}`, 'is new and required');
    }
  }

  private compareRequestBody(place: string, before: Json | undefined, after: Json | undefined): void {
    if (!before && after?.required) this.report(`${place}: body`, 'is new and required');
    if (!before) return;
    if (!after) return this.report(`${place}: body`, 'is gone');
    if (after.required && !before.required) this.report(`${place}: body`, 'is required now');
    this.compareContent(`${place}: body`, 'request', before, after);
  }

  private compareResponses(place: string, before: Json, after: Json): void {
    for (const [status, response] of entries(before)) {
      const where = `${place}: ${status}`;
      const now = at(after, status);
      if (!now) {
        this.report(where, 'the status is gone');
        continue;
      }
      for (const [name, header] of entries(response.headers)) {
        const other = at(now.headers, name);
        if (!other) this.report(`${where} ${name}`, 'the header is gone');
        else if (header.required && !other.required) this.report(`${where} ${name}`, 'the header may be missing now');
        else this.compareSchemas(`${where} ${name}`, 'answer', header.schema, other.schema);
      }
      this.compareContent(where, 'answer', response, now);
      if (Number(status) >= 400) this.compareCodes(where, response, now);
    }
    for (const status of Object.keys(after)) {
      if (status.startsWith('2') && !(status in before))
        this.report(`${place}: ${status}`, 'is a new status of success');
    }
  }

  private compareContent(place: string, direction: Direction, before: Json, after: Json): void {
    for (const [type, { schema }] of entries(before.content)) {
      const now = at(after.content, type);
      if (!now) this.report(place, `${type} is gone`);
      else this.compareSchemas(place, direction, schema, now.schema);
    }
  }

  /** Error codes are the names of the examples. */
  private compareCodes(place: string, before: Json, after: Json): void {
    const [old, now] = [before, after].map(({ content }) =>
      entries(content).flatMap(([, { examples }]) => Object.keys((examples ?? {}) as Json)),
    ) as [string[], string[]];
    for (const code of old) if (!now.includes(code)) this.report(place, `the code ${code} is gone`);
  }

  private compareSchemas(place: string, direction: Direction, before: unknown, after: unknown): void {
    const [old, now] = [resolve(before, this.before), resolve(after, this.after)];
    this.compareTypes(place, direction, old, now);
    this.compareEnums(place, direction, old, now);
    this.compareRules(place, direction, old, now);
    const [oldName, newName] = [toSchemaName(before), toSchemaName(after)];
    if (!oldName || !newName) return this.compareInside(place, direction, old, now);
    const pair = `${direction} ${oldName} ${newName}`;
    if (this.seen.has(pair)) return;
    this.seen.add(pair);
    this.compareInside(`${direction} ${oldName}`, direction, old, now);
  }

  private compareInside(place: string, direction: Direction, before: Json, after: Json): void {
    this.compareProperties(place, direction, before, after);
    for (const name of ['items', 'additionalProperties', 'propertyNames']) {
      const [old, now] = [before[name], after[name]];
      if (isObject(old) && isObject(now)) this.compareSchemas(`${place}[${name}]`, direction, old, now);
      else if (isNarrower(direction, isObject(now), isObject(old))) this.report(place, `${name} has other rules now`);
    }
  }

  private compareTypes(place: string, direction: Direction, before: Json, after: Json): void {
    const [old, now] = [toTypes(before), toTypes(after)];
    const [wide, narrow] = direction === 'request' ? [now, old] : [old, now];
    const isWithin = (type: string) => wide.includes(type) || (type === 'integer' && wide.includes('number'));
    if (wide.length === 0 || (narrow.length > 0 && narrow.every(isWithin))) return;
    this.report(place, `the type was ${old.join('|') || 'any'}, is ${now.join('|') || 'any'}`);
  }

  private compareEnums(place: string, direction: Direction, before: Json, after: Json): void {
    const [old, now] = [before.enum, after.enum] as (unknown[] | undefined)[];
    if (old && now) {
      for (const value of old) {
        if (!now.some((one) => isEqual(one, value))) this.report(place, `the value ${show(value)} is gone`);
      }
    } else if (isNarrower(direction, now !== undefined, old !== undefined)) {
      this.report(place, now ? 'takes some values only now' : 'may have any value now');
    }
  }

  private compareRules(place: string, direction: Direction, before: Json, after: Json): void {
    const limits = [
      ...upperLimits.map((name) => [name, 1] as const),
      ...lowerLimits.map((name) => [name, -1] as const),
    ];
    for (const [name, sign] of limits) {
      const [old, now] = [before[name], after[name]].map((limit) =>
        typeof limit === 'number' ? sign * limit : Infinity,
      ) as [number, number];
      if (direction === 'request' ? now < old : now > old) {
        this.report(place, `${name} was ${show(before[name])}, is ${show(after[name])}`);
      }
    }
    // What is left out means the default, which an answer has none of.
    if (direction === 'request') this.compareValues(place, ['default'], before, after);
    for (const name of opaqueRules) {
      const isOther = !isEqual(before[name], after[name]);
      const isLifted = direction === 'request' ? after[name] === undefined : before[name] === undefined;
      if (isOther && !isLifted) this.report(place, `${name} was ${show(before[name])}, is ${show(after[name])}`);
    }
    const isUnique = [before, after].map(({ uniqueItems }) => uniqueItems === true) as [boolean, boolean];
    if (isNarrower(direction, isUnique[1], isUnique[0]))
      this.report(place, `uniqueItems was ${isUnique[0]}, is ${isUnique[1]}`);
  }

  private compareProperties(place: string, direction: Direction, before: Json, after: Json): void {
    const required = [before, after].map((schema) => (schema.required ?? []) as string[]) as [string[], string[]];
    for (const [name, property] of entries(before.properties)) {
      const now = at(after.properties, name);
      if (now) this.compareSchemas(`${place}.${name}`, direction, property, now);
      else this.report(`${place}.${name}`, 'is gone');
    }
    const [mustNotBe, unless] = direction === 'request' ? [required[1], required[0]] : [required[0], required[1]];
    for (const name of mustNotBe.filter((one) => !unless.includes(one))) {
      if (direction === 'answer' && !at(after.properties, name)) continue;
      this.report(`${place}.${name}`, direction === 'request' ? 'is required now' : 'may be missing now');
    }
    const isClosed = [before, after].map(({ additionalProperties }) => additionalProperties === false) as [
      boolean,
      boolean,
    ];
    if (direction === 'request' && isClosed[1] && !isClosed[0]) this.report(place, 'refuses other fields now');
  }

  private report(place: string, message: string): void {
    this.found.push(`${place}: ${message}`);
  }
}

function isNarrower(direction: Direction, isNow: boolean, was: boolean): boolean {
  return direction === 'request' ? isNow && !was : was && !isNow;
}

/** A schema with what it refers to and all of `allOf` in it. */
function resolve(schema: unknown, document: Json): Json {
  if (!isObject(schema)) return {};
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  const parts = [...(typeof $ref === 'string' ? [lookUp($ref, document)] : []), ...((allOf ?? []) as Json[])];
  const alternatives = ((anyOf ?? oneOf ?? []) as Json[]).map((one) => resolve(one, document));
  const merged = parts.reduce<Json>((all, part) => merge(all, resolve(part, document)), own);
  if (alternatives.length === 0) return merged;
  // Of alternatives at most one has fields here: a schema or null.
  const types = [...new Set(alternatives.flatMap(toTypes))];
  return { ...alternatives.reduce(merge, merged), type: types };
}

function merge(one: Json, other: Json): Json {
  return {
    ...one,
    ...other,
    ...(one.properties || other.properties
      ? { properties: { ...(one.properties as Json), ...(other.properties as Json) } }
      : {}),
    ...(one.required || other.required
      ? { required: [...((one.required ?? []) as string[]), ...((other.required ?? []) as string[])] }
      : {}),
  };
}

function lookUp(reference: string, document: Json): Json {
  const names = reference.replace(/^#\//, '').split('/');
  return names.reduce<Json>((part, name) => at(part, name) ?? {}, document);
}

/** The name of the one schema that this one refers to, itself or as a part or an alternative. */
function toSchemaName(schema: unknown): string | undefined {
  if (!isObject(schema)) return undefined;
  const parts = [schema, ...([schema.allOf, schema.anyOf, schema.oneOf].flat() as unknown[])].filter(isObject);
  const references = parts.flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []));
  return references.length === 1 ? references[0]!.split('/').at(-1) : undefined;
}

function toTypes({ type }: Json): string[] {
  return type === undefined ? [] : ([type].flat() as string[]);
}

function entries(part: unknown): [string, Json][] {
  return Object.entries((part ?? {}) as Record<string, Json>);
}

function at(part: unknown, name: string): Json | undefined {
  return isObject(part) && Object.hasOwn(part, name) ? (part[name] as Json) : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
}
