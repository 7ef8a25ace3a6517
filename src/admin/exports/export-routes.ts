import { Filter, flat, type ActionContext } from 'adminjs';
import type AdminJS from 'adminjs';
import { Router } from 'express';
import { toCalendarDay } from '../../core/calendar-days.js';
import { isStorableText } from '../../core/text.js';
import { ForbiddenRole, NotFound } from '../../core/errors.js';
import { toForbiddenMessage } from '../../authorization/permissions.js';
import { toStaffCaller, getStaff } from '../http/guards.js';
import { toPanelStaff } from '../http/html.js';
import { isAnswered } from '../http/timeout.middleware.js';
import { readListQuery } from '../resources/list-query.js';
import type { PanelServices } from '../panel-services.js';
import { ReadOnlyResource } from '../resources/read-only-resource.js';
import { sendCsv } from './csv-response.js';
import { getColumns, readNames } from './export-columns.js';
import { statementHeader, toStatementLine } from './statement-columns.js';

/**
 * `GET /admin/api/exports/:resource?filters.x=`: a whole list as CSV, filtered as the list is, with what the role may see;
 * `GET /admin/api/exports/statements/:organizationId?month=2026-11`: a month of a wallet;
 * `GET /admin/api/exports/months/2026-11/wallets.csv`: one file of a closed month's pack.
 * Each writes an audit event.
 */
export function exportRoutes(
  admin: AdminJS,
  { clock, exportLog, monthClose, settings, statement }: PanelServices,
): Router {
  const router = Router();
  router.param('organizationId', (_request, _response, next, value) => {
    next(isStorableText(value) ? undefined : new NotFound('This wallet'));
  });
  router.get('/api/exports/statements/:organizationId', async (request, response) => {
    const organizationId = request.params.organizationId.slice(0, 100);
    const caller = toStaffCaller(request, getStaff(response)!);
    const month = typeof request.query.month === 'string' ? request.query.month : '';
    await sendCsv(response, {
      fileName: `statement-${month}-${organizationId.slice(-6)}.csv`,
      header: statementHeader,
      chunks: await statement.month(organizationId, month),
      toLines: (chunk) => chunk.map(toStatementLine),
      onEnd: (result) => exportLog.record(caller, { list: 'statement', organizationId, query: { month }, ...result }),
    });
  });

  router.get('/api/exports/months/:month/:file', async (request, response) => {
    const { month, file } = request.params;
    const found = await monthClose.file(month, file);
    const caller = toStaffCaller(request, getStaff(response)!);
    await exportLog.record(caller, { list: 'month', query: { month, file }, rows: found.rows, complete: true });
    if (isAnswered(response)) return;
    response.type('text/csv; charset=utf-8');
    response.setHeader('Content-Disposition', `attachment; filename="${month}-${found.name}"`);
    response.send(found.content);
  });

  router.get('/api/exports/:resourceId', async (request, response) => {
    const resource = admin.resources.find((one) => one.decorate().id() === request.params.resourceId);
    if (!(resource instanceof ReadOnlyResource)) throw new NotFound('This list');
    const staff = toPanelStaff(getStaff(response)!);
    const decorated = resource.decorate();
    if (!decorated.actions.list?.isAccessible(staff)) {
      throw new ForbiddenRole(toForbiddenMessage(staff.role));
    }
    const query = readListQuery(new URLSearchParams(request.url.split('?', 2)[1] ?? ''), resource);
    const { filters = {} } = flat.unflatten(query) as { filters?: object };
    // The resource reads nothing else of its context.
    const context = { currentAdmin: staff } as unknown as ActionContext;
    const filter = new Filter(filters as never, resource);
    const sort = readSort(query, decorated.options.sort);
    const columns = getColumns(decorated);
    const day = toCalendarDay(clock.now(), settings.businessTimeZone);
    const caller = toStaffCaller(request, getStaff(response)!);
    await sendCsv(response, {
      fileName: `${decorated.id()}-${day}.csv`,
      header: columns.map(({ header }) => header),
      chunks: resource.readChunks(filter, sort, context),
      toLines: async (chunk) => {
        const names = await readNames(columns, chunk, context);
        return chunk.map((record) => columns.map((column) => column.cell(record, names)));
      },
      onEnd: (result) => exportLog.record(caller, { list: decorated.id(), query, ...result }),
    });
  });
  return router;
}

function readSort(
  { sortBy, direction }: Record<string, string>,
  defaultSort: { sortBy?: string; direction?: 'asc' | 'desc' } | undefined,
): { sortBy?: string; direction?: 'asc' | 'desc' } {
  return sortBy ? { sortBy, direction: direction === 'desc' ? 'desc' : 'asc' } : (defaultSort ?? {});
}
