import { Router as AdminRoutes, type BaseResource, type RecordJSON } from 'adminjs';
import type AdminJS from 'adminjs';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import { NotFound } from '../../core/errors.js';
import { toForbiddenMessage } from '../../authorization/permissions.js';
import type { SignInService } from '../../staff/sign-in.service.js';
import { jsonBody } from '../../partner-api/json-body.js';
import { toStaffCaller, getStaff } from '../http/guards.js';
import { prepareAdminJsPage, toPanelStaff } from '../http/html.js';
import { isAnswered } from '../http/timeout.middleware.js';
import { readListQuery } from '../resources/list-query.js';
import type { PanelRequest, PanelStaff } from '../http/panel-request.js';
import type { PanelServices } from '../panel-services.js';
import { getNonce } from '../http/security-headers.js';
import { ReadOnlyResource } from '../resources/read-only-resource.js';
import { toPanelError } from '../http/error-messages.js';
import { assertConfirmed } from '../http/step-up.js';
import { storeInSession, readSignedIn } from '../http/sessions.js';

type AdminRoute = (typeof AdminRoutes.routes)[number];
type Controller = Record<string, (call: PanelRequest, response: Response) => Promise<unknown>>;

/** Bulk actions would bypass the services; `search` would bypass `readListQuery`; our build bundles the components. */
const skippedActions = new Set(['bulkAction', 'search', 'bundleComponents']);

/** AdminJS's pages and API, as its plugins mount them (docs/decisions/015). */
export function adminJsRouter(admin: AdminJS, services: PanelServices): Router {
  const router = Router();
  for (const route of AdminRoutes.routes.filter(({ action }) => !skippedActions.has(action))) {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1') || '/';
    const handler = toHandler(admin, route, services);
    if (route.method === 'POST') router.post(path, jsonBody, handler);
    else router.get(path, handler);
  }
  return router;
}

function toHandler(admin: AdminJS, route: AdminRoute, { clock, settings, signIn }: PanelServices): RequestHandler {
  const isApi = route.path.startsWith('/api/');
  return async (request, response) => {
    const signedIn = getStaff(response)!;
    const staff = toPanelStaff(signedIn);
    const query = isApi ? readQuery(admin, route, request) : {};
    assertConfirmed(signedIn, request);
    const controller = new route.Controller({ admin }, staff) as Controller;
    const answer = await controller[route.action]!(toPanelRequest(request, response, query, signIn), response);
    if (isAnswered(response)) return;
    response.set('X-Business-Time', clock.toBusinessTime(clock.databaseNow()).toISOString());
    response.set('X-Business-Time-Zone', settings.businessTimeZone);
    if (!isApi) response.type('html').send(prepareAdminJsPage(String(answer), getNonce(response)));
    else response.json(withOwnMessages(answer, response, staff));
  };
}

/** @throws NotFound for an unknown page, resource or action: AdminJS answers 500 or names its internals */
function readQuery(admin: AdminJS, route: AdminRoute, request: Request): Record<string, unknown> {
  const { resourceId, action, pageName } = request.params as Record<string, string | undefined>;
  if (pageName !== undefined && !Object.hasOwn(admin.options.pages ?? {}, pageName)) {
    throw new NotFound('This page of the panel');
  }
  const search = new URLSearchParams(request.url.split('?', 2)[1] ?? '');
  if (resourceId === undefined) return readPageQuery(search);
  const resource = admin.resources.find((one) => one.decorate().id() === resourceId);
  if (!resource || !hasAction(resource, action, route)) throw new NotFound('This part of the panel');
  const isList = (action === 'list' || action === 'search') && resource instanceof ReadOnlyResource;
  return isList ? readListQuery(search, resource) : Object.fromEntries(search);
}

/** A name that is given twice keeps both values: pages refuse it. */
function readPageQuery(search: URLSearchParams): Record<string, unknown> {
  const names = new Set(search.keys());
  return Object.fromEntries(
    [...names].map((name) => {
      const values = search.getAll(name);
      return [name, values.length > 1 ? values : values[0]];
    }),
  );
}

function hasAction(resource: BaseResource, name: string | undefined, route: AdminRoute): boolean {
  const { actions } = resource.decorate();
  if (name === undefined || !Object.hasOwn(actions, name)) return false;
  const action = actions[name]!;
  return route.action === 'recordAction' ? action.isRecordType() : action.isResourceType();
}

function toPanelRequest(
  request: Request,
  response: Response,
  query: Record<string, unknown>,
  signIn: SignInService,
): PanelRequest {
  return {
    params: { ...request.params } as PanelRequest['params'],
    query,
    // Left empty: AdminJS converts its values, and fails on names like `constructor`. Our handlers read `body`.
    payload: {},
    method: request.method === 'POST' ? 'post' : 'get',
    caller: toStaffCaller(request, getStaff(response)!),
    body: (request.body ?? {}) as object,
    sessionId: request.sessionID,
    renewSession: async () => {
      const signedIn = readSignedIn(request);
      const renewed = signedIn && (await signIn.renewSession(signedIn));
      if (renewed) await storeInSession(request, renewed);
    },
  };
}

/** AdminJS names its errors by translation keys, which only its pages resolve. */
function withOwnMessages(answer: unknown, response: Response, { role }: PanelStaff): unknown {
  const { notice, record } = answer as { notice?: { message: string; type: string }; record?: Partial<RecordJSON> };
  if (record?.baseError?.type === 'NotFoundError') {
    const { sentence: message } = toPanelError(new NotFound('This record'), '');
    return { record: { ...record, baseError: { type: 'NotFoundError', message } }, notice: { type: 'error', message } };
  }
  if (notice?.message !== 'forbiddenError') return answer;
  response.status(403);
  return { ...(answer as object), notice: { ...notice, message: toForbiddenMessage(role) } };
}
