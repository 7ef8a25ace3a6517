import type { Request } from 'express';

/** Of Express's router, as far as it is read here. */
interface Layer {
  route?: { methods: Record<string, boolean> };
  match(path: string): boolean;
}

/** The methods that the routes of this path take, in upper case; none where there is no route. */
export function findAllowedMethods({ app, path }: Request): string[] {
  const { stack } = app.router as unknown as { stack: Layer[] };
  const methods = new Set<string>();
  for (const { route } of stack.filter((layer) => layer.route && layer.match(path))) {
    for (const method of Object.keys(route!.methods)) methods.add(method.toUpperCase());
  }
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}
