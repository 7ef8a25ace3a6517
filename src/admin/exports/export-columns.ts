import type { ActionContext, BaseRecord, BaseResource, ResourceDecorator } from 'adminjs';
import { Dollars, type Cell } from '../../core/csv.js';

/** Names of other records, by their resource and id. */
type Names = Map<string, Map<string, string>>;

/** A column of an export: what it is called, and what it holds. */
export interface ExportColumn {
  header: string;
  /** Whose names it shows instead of ids. */
  named?: { path: string; resource: BaseResource };
  cell(record: BaseRecord, names: Names): Cell;
}

/** Where staff know the other thing by its name, the name stands beside its id. */
const named: Record<string, string> = { organizationId: 'partner', projectId: 'project' };

/** Everything that a record's page shows to this role; amounts are in dollars, times in UTC. */
export function getColumns(resource: ResourceDecorator): ExportColumn[] {
  return resource.getProperties({ where: 'show' }).flatMap((property) => {
    const path = property.name();
    const reference = property.reference();
    const own = toColumn(path, property.options.custom?.countedTo as number | undefined);
    if (!reference || !named[path]) return [own];
    const other: ExportColumn = {
      header: named[path],
      named: { path, resource: reference },
      cell: (record, names) => names.get(path)?.get(String(toValue(record, path))) ?? null,
    };
    return [other, own];
  });
}

/** Looks the names up that a chunk needs, each once. */
export async function readNames(columns: ExportColumn[], chunk: BaseRecord[], context: ActionContext): Promise<Names> {
  const names: Names = new Map();
  for (const { named: other } of columns) {
    if (!other) continue;
    const ids = [...new Set(chunk.map((record) => toValue(record, other.path)))].filter((id) => typeof id === 'string');
    const found = await other.resource.findMany(ids, context);
    names.set(other.path, new Map(found.map((record) => [String(record.id()), record.title()])));
  }
  return names;
}

/** @param countedTo how far the database counts it; beyond that it is `1000+` */
function toColumn(path: string, countedTo = Infinity): ExportColumn {
  const isMoney = /Cents$/.test(path);
  return {
    header: isMoney ? path.replace(/Cents$/, 'Usd') : path,
    cell: (record) => {
      const value = toValue(record, path);
      if (typeof value !== 'number') return value as Cell;
      if (value > countedTo) return `${countedTo}+`;
      return isMoney ? new Dollars(value) : value;
    },
  };
}

/** As the database gave it: AdminJS takes lists and structures apart. */
function toValue(record: BaseRecord, path: string): unknown {
  return record.get(path) as unknown;
}
