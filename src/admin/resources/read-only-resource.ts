import { Resource } from '@adminjs/typeorm';
import { BaseRecord, type ActionContext, type CurrentAdmin, type Filter, type RecordJSON } from 'adminjs';
import {
  And,
  In,
  type BaseEntity,
  type DataSource,
  type EntityTarget,
  type FindOptionsWhere,
  type ObjectLiteral,
  type Repository,
} from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { isStorableText } from '../../core/text.js';
import { queryRows } from '../../core/sql.js';
import type { Role } from '../../authorization/roles.js';
import { toCondition, findFilterError } from './filters.js';

type Conditions = FindOptionsWhere<ObjectLiteral>;

/** What a role is shown of a resource, beside what it filters for; `undefined` is all of it. */
export type RowFilter = (role: Role | undefined) => Conditions | undefined;

type Order = Record<string, { direction: 'ASC' | 'DESC'; nulls?: 'LAST' }>;

interface Page {
  limit?: number;
  offset?: number;
  sort?: { sortBy?: string; direction?: 'asc' | 'desc' };
}

/** Rows that an export reads at a time. */
const CHUNK = 2_000;
/** Columns that an export can go along: they are never empty, and compare in PostgreSQL as they come back to it. */
const orderly = new Set<unknown>(['text', 'bigint', 'integer', 'smallint', 'timestamptz']);
/** Counting further than this would cost more than the figure is worth. */
export const MAX_COUNTED = 10_000;
const MAX_ID_LENGTH = 200;

/** A record by the name that staff know: handles are kept without their `@`. */
class ReadOnlyRecord extends BaseRecord {
  override toJSON(staff?: CurrentAdmin): RecordJSON {
    const json = super.toJSON(staff);
    const isHandle = this.resource.decorate().titleProperty().name() === 'handle';
    return isHandle ? { ...json, title: `@${json.title}` } : json;
  }
}

/**
 * AdminJS's TypeORM resource for PostgreSQL, for reading alone: whatever is asked, it answers without an error. Changes go
 * through services, so it has none.
 */
export class ReadOnlyResource extends Resource {
  private readonly repository: Repository<ObjectLiteral>;
  /** What a page's reading has counted already. */
  private readonly totals = new WeakMap<Filter, number>();

  constructor(
    private readonly dataSource: DataSource,
    entity: EntityTarget<ObjectLiteral>,
    private readonly shownTo: RowFilter = () => undefined,
  ) {
    const repository = dataSource.getRepository(entity);
    // Of an active-record class it needs no more than this; one bound to a data source would be shared by all of a process.
    const model = { name: repository.metadata.name, getRepository: () => repository };
    super(model as unknown as typeof BaseEntity);
    this.repository = repository;
  }

  override property(path: string): ReturnType<Resource['property']> {
    // AdminJS's types say that every path has a property; it copes with none.
    return (this.columnOf(path) ? super.property(path) : null) as ReturnType<Resource['property']>;
  }

  /** Why a filter's value, or one end of its range, cannot be in that column; `null` where it can. An empty one is no filter. */
  filterFault(path: string, value: string, isEnd: boolean): string | null {
    const column = this.columnOf(path);
    if (!column) return 'is no column of this list';
    return value === '' ? null : findFilterError(column, value, isEnd);
  }

  /** Up to a bound: beyond 10,000 it is 10,001. */
  override async count(filter: Filter, context?: ActionContext): Promise<number> {
    const known = this.totals.get(filter);
    if (known !== undefined) return known;
    const [inner, values] = this.repository
      .createQueryBuilder('listed')
      .select('1')
      .where(this.where(filter, context))
      .limit(MAX_COUNTED + 1)
      .getQueryAndParameters();
    const counted = await queryRows<{ total: number }>(
      this.dataSource.manager,
      `SELECT count(*) AS total FROM (${inner}) counted`,
      values,
    );
    return counted[0]!.total;
  }

  /**
   * Few that match are found first and put in order then; among more than are counted, the order's index soon meets a page of
   * them. PostgreSQL cannot know which it is, and would walk over a huge table in order for a row that is not there.
   */
  override async find(filter: Filter, page: Page, context?: ActionContext): Promise<BaseRecord[]> {
    const where = this.where(filter, context);
    const order = this.order(page.sort);
    const [take, skip] = [page.limit ?? 10, page.offset ?? 0];
    const few = this.isNarrowed(filter) ? await this.idsOfFew(where, order, take, skip) : null;
    if (few) this.totals.set(filter, few.total);
    const found =
      few && few.total <= MAX_COUNTED
        ? await this.repository.find({ where: { id: In(few.ids) }, order })
        : await this.repository.find({ where, order, take, skip });
    return found.map((row) => new ReadOnlyRecord(row, this));
  }

  private isNarrowed(filter: Filter): boolean {
    return Object.keys(filter.filters ?? {}).length > 0;
  }

  /** How many match, up to a bound, and the ids of a page of them; of none where the bound is passed. */
  private async idsOfFew(where: Conditions, order: Order, take: number, skip: number) {
    const [sortBy = 'id', { direction, nulls } = { direction: 'ASC' as const }] = Object.entries(order)[0] ?? [];
    const [inner, values] = this.repository
      .createQueryBuilder('listed')
      .select('listed.id', 'id')
      .addSelect(`listed.${sortBy}`, 'place')
      .where(where)
      .limit(MAX_COUNTED + 1)
      .getQueryAndParameters();
    const found = await queryRows<{ total: number; ids: string[] }>(
      this.dataSource.manager,
      `WITH matching AS MATERIALIZED (${inner}), counted AS (SELECT count(*) AS total FROM matching)
       SELECT total, ARRAY(SELECT id FROM matching WHERE total <= ${MAX_COUNTED}
                            ORDER BY place ${direction} ${nulls ? `NULLS ${nulls}` : ''}, id ${direction}
                            LIMIT ${Number(take)} OFFSET ${Number(skip)}) AS ids
         FROM counted`,
      values,
    );
    return found[0]!;
  }

  /** All records of a list, in its order where that has an end to go on from, in chunks; no connection is held between them. */
  async *inChunks(filter: Filter, sort: Page['sort'], context: ActionContext): AsyncGenerator<BaseRecord[]> {
    const { alias, column, direction } = this.walk(sort);
    const sign = direction === 'DESC' ? '<' : '>';
    let last: ObjectLiteral | null = null;
    do {
      const query = this.repository
        .createQueryBuilder(alias)
        .where(this.where(filter, context))
        .orderBy(`${alias}.${column}`, direction)
        .limit(CHUNK);
      if (column !== 'id') query.addOrderBy(`${alias}.id`, direction);
      if (last) {
        const place = column === 'id' ? [last.id] : [last[column], last.id];
        const names = place.map((_, index) => `:place${index}`).join(', ');
        const columns = column === 'id' ? `${alias}.id` : `${alias}.${column}, ${alias}.id`;
        query.andWhere(`(${columns}) ${sign} (${names})`, Object.fromEntries(place.map((at, n) => [`place${n}`, at])));
      }
      const found: ObjectLiteral[] = await query.getMany();
      yield found.map((row) => new ReadOnlyRecord(row, this));
      last = found.length === CHUNK ? found.at(-1)! : null;
    } while (last);
  }

  private walk(sort: Page['sort']): { alias: string; column: string; direction: 'ASC' | 'DESC' } {
    const direction = sort?.direction === 'desc' ? 'DESC' : 'ASC';
    const column = sort?.sortBy ? this.columnOf(sort.sortBy) : undefined;
    const along = column && !column.isNullable && !column.isArray && orderly.has(column.type) ? column : null;
    return { alias: 'listed', column: along?.propertyName ?? 'id', direction };
  }

  override async findOne(id: string | number, context?: ActionContext): Promise<BaseRecord | null> {
    return (await this.findMany([id], context))[0] ?? null;
  }

  override async findMany(ids: (string | number)[], context?: ActionContext): Promise<BaseRecord[]> {
    const possible = ids.filter((id) => isStorableText(id) && id.length <= MAX_ID_LENGTH);
    if (possible.length === 0) return [];
    const found = await this.repository.find({ where: this.shown({ id: In(possible) }, context) });
    return found.map((row) => new ReadOnlyRecord(row, this));
  }

  override create(): never {
    throw new Error('The panel makes nothing by itself');
  }

  override update(): never {
    throw new Error('The panel changes nothing by itself');
  }

  override delete(): never {
    throw new Error('The panel deletes nothing by itself');
  }

  /** The column of that name, and nothing that every JavaScript object has. */
  private columnOf(path: string): ColumnMetadata | undefined {
    return this.repository.metadata.findColumnWithPropertyName(path);
  }

  private where(filter: Filter | undefined, context?: ActionContext): Conditions {
    const asked: Conditions = {};
    for (const [path, { value }] of Object.entries(filter?.filters ?? {})) {
      const column = this.columnOf(path);
      if (column) asked[path] = toCondition(column, value);
    }
    return this.shown(asked, context);
  }

  private shown(asked: Conditions, context?: ActionContext): Conditions {
    const shown = this.shownTo(context?.currentAdmin?.role as Role | undefined);
    if (!shown) return asked;
    const both = { ...asked };
    for (const [path, condition] of Object.entries(shown)) {
      both[path] = path in asked ? And(asked[path], condition) : condition;
    }
    return both;
  }

  private order(sort: Page['sort']): Order {
    const direction = sort?.direction === 'desc' ? 'DESC' : 'ASC';
    const column = sort?.sortBy ? this.columnOf(sort.sortBy) : undefined;
    const byId = { id: { direction } } as const;
    if (!column || column.propertyName === 'id') return byId;
    // Only where there are empty values: an index could not be used otherwise.
    const nulls = column.isNullable ? ({ nulls: 'LAST' } as const) : {};
    return { [column.propertyName]: { direction, ...nulls }, ...byId };
  }
}
