import { once } from 'node:events';
import { Filter, flat, type ActionContext } from 'adminjs';
import type AdminJS from 'adminjs';
import { Router, type Response } from 'express';
import { ForbiddenRole, NotFound } from '../../common/errors.js';
import { staffOf } from '../guard.js';
import { panelStaff } from '../html.js';
import { isAnswered } from '../in-time.js';
import { listQuery } from '../list-query.js';
import type { PanelServices } from '../panel-services.js';
import { StaffResource } from '../staff-resource.js';
import { csvLine } from '../../common/csv.js';
import { columnsOf, namesOf } from './export-columns.js';
import { statementHeader, statementLine } from './statement-columns.js';

/**
 * `GET /admin/api/exports/:resource?filters.x=`: a list as a CSV, whole, narrowed as the list is and showing what the role may see;
 * `GET /admin/api/exports/statements/:organizationId?month=2026-11`: a wallet's month;
 * `GET /admin/api/exports/months/2026-11/wallets.csv`: one file of a closed month's pack.
 */
export function exportRoutes(admin: AdminJS, { monthClose, statement }: PanelServices): Router {
  const router = Router();
  router.get('/api/exports/statements/:organizationId', async (request, response) => {
    const { organizationId } = request.params;
    const { month } = request.query;
    const asked = typeof month === 'string' ? month : '';
    const chunks = await statement.month(organizationId.slice(0, 100), asked);
    await send(response, `statement-${asked}-${organizationId.slice(-6)}.csv`, statementHeader, chunks, (chunk) =>
      Promise.resolve(chunk.map(statementLine)),
    );
  });

  router.get('/api/exports/months/:month/:file', async (request, response) => {
    const { month, file } = request.params;
    const { files } = await monthClose.pack(month);
    const found = files.find(({ name }) => name === file);
    if (!found) throw new NotFound('This file of the pack');
    if (isAnswered(response)) return;
    response.type('text/csv; charset=utf-8');
    response.setHeader('Content-Disposition', `attachment; filename="${month}-${found.name}"`);
    response.send(found.content);
  });

  router.get('/api/exports/:resourceId', async (request, response) => {
    const resource = admin.resources.find((one) => one.decorate().id() === request.params.resourceId);
    if (!(resource instanceof StaffResource)) throw new NotFound('This list');
    const staff = panelStaff(staffOf(response)!);
    const decorated = resource.decorate();
    if (!decorated.actions.list?.isAccessible(staff)) {
      throw new ForbiddenRole(`Your role (${staff.role}) does not allow this.`);
    }
    const query = listQuery(new URLSearchParams(request.url.split('?', 2)[1] ?? ''), resource);
    const { filters = {} } = flat.unflatten(query) as { filters?: object };
    // Of its context the resource reads nothing but who asks.
    const context = { currentAdmin: staff } as unknown as ActionContext;
    const filter = new Filter(filters as never, resource);
    const sort = sortOf(query, decorated.options.sort);
    const columns = columnsOf(decorated);
    const header = columns.map(({ header: name }) => name);
    const day = new Date().toISOString().slice(0, 10);
    const chunks = resource.inChunks(filter, sort, context);
    await send(response, `${decorated.id()}-${day}.csv`, header, chunks, async (chunk) => {
      const names = await namesOf(columns, chunk, context);
      return chunk.map((record) => columns.map((column) => column.cell(record, names)));
    });
  });
  return router;
}

/** Writes chunk by chunk, no faster than the other side reads, and holds no connection to the database while it waits. */
async function send<Item>(
  response: Response,
  fileName: string,
  header: readonly string[],
  chunks: AsyncGenerator<Item[]>,
  linesOf: (chunk: Item[]) => Promise<Parameters<typeof csvLine>[0][]>,
): Promise<void> {
  let gone = false;
  response.once('close', () => (gone = true));
  const begin = () => {
    response.type('text/csv; charset=utf-8');
    response.setHeader('Content-Disposition', `attachment; filename="${fileName.replace(/[^\w.-]/g, '_')}"`);
    response.write(csvLine(header));
  };
  let begun = false;
  for await (const chunk of chunks) {
    const text = (await linesOf(chunk)).map(csvLine).join('');
    if (gone || (!begun && isAnswered(response))) return;
    if (!begun) begin();
    begun = true;
    if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  if (gone || (!begun && isAnswered(response))) return;
  if (!begun) begin();
  response.end();
}

function sortOf(
  { sortBy, direction }: Record<string, string>,
  usual: { sortBy?: string; direction?: 'asc' | 'desc' } | undefined,
): { sortBy?: string; direction?: 'asc' | 'desc' } {
  return sortBy ? { sortBy, direction: direction === 'desc' ? 'desc' : 'asc' } : (usual ?? {});
}
