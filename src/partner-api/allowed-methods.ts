import type { Request } from 'express';

/** Of Express's router, as far as it is read here. */
interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  match(path: string): boolean;
}

/** The methods that the routes of this path take, in upper case; none where there is no route. */
export function findAllowedMethods(request: Request): string[] {
  const methods = new Set<string>();
  for (const route of findRoutes(request)) {
    for (const method of Object.keys(route.methods)) methods.add(method.toUpperCase());
  }
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

/** The pattern of this path, of a call that reached no route too; `undefined` where there is none, or the path cannot be decoded. */
export function findRoutePattern(request: Request): string | undefined {
  try {
    const routes = findRoutes(request);
    const method = request.method === 'HEAD' ? 'get' : request.method.toLowerCase();
    return (routes.find(({ methods }) => methods[method]) ?? routes[0])?.path;
  } catch {
    return undefined;
  }
}

function findRoutes({ app, path }: Request): NonNullable<Layer['route']>[] {
  const { stack } = app.router as unknown as { stack: Layer[] };
  return stack.flatMap((layer) => (layer.route && layer.match(path) ? [layer.route] : []));
}
