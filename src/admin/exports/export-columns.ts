import type { ActionContext, BaseRecord, BaseResource, ResourceDecorator } from 'adminjs';
import { Dollars, type Cell } from '../../core/csv.js';

/** Names of other records, by their resource and id. */
type Names = Map<string, Map<string, string>>;

export interface ExportColumn {
  header: string;
  /** The record whose name it shows instead of its id. */
  reference?: { path: string; resource: BaseResource };
  cell(record: BaseRecord, names: Names): Cell;
}

/** Columns with the name of the record that an id refers to, beside the id's own: path → header. */
const nameHeaders: Record<string, string> = { organizationId: 'partner', projectId: 'project' };

/** Everything that a record's page shows; amounts are in dollars, times in UTC. */
export function getColumns(resource: ResourceDecorator): ExportColumn[] {
  return resource.getProperties({ where: 'show' }).flatMap((property) => {
    const path = property.name();
    const reference = property.reference();
    const own = toColumn(path, property.options.custom?.countedTo as number | undefined);
    if (!reference || !nameHeaders[path]) return [own];
    const name: ExportColumn = {
      header: nameHeaders[path],
      reference: { path, resource: reference },
      cell: (record, names) => names.get(path)?.get(String(toValue(record, path))) ?? null,
    };
    return [name, own];
  });
}

/** Reads the names that a chunk needs, each once. */
export async function readNames(columns: ExportColumn[], chunk: BaseRecord[], context: ActionContext): Promise<Names> {
  const names: Names = new Map();
  for (const { reference } of columns) {
    if (!reference) continue;
    const ids = [...new Set(chunk.map((record) => toValue(record, reference.path)))].filter(
      (id) => typeof id === 'string',
    );
    const found = await reference.resource.findMany(ids, context);
    names.set(reference.path, new Map(found.map((record) => [String(record.id()), record.title()])));
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

/** As the database returned it: AdminJS flattens arrays and objects. */
function toValue(record: BaseRecord, path: string): unknown {
  return record.get(path) as unknown;
}
