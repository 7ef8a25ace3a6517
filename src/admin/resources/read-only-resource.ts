import { Resource } from '@adminjs/typeorm';
import { BaseRecord, type ActionContext, type CurrentAdmin, type Filter, type RecordJSON } from 'adminjs';
import {
  And,
  In,
  type BaseEntity,
  type DataSource,
  type EntityManager,
  type EntityTarget,
  type FindOptionsWhere,
  type ObjectLiteral,
  type Repository,
  type SelectQueryBuilder,
} from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { isStorableText } from '../../core/text.js';
import { hasVisibleText } from '../../core/text-key.js';
import { literal, noSql, queryRow, sql, Sql } from '../../core/sql.js';
import { AfterCommitReading } from '../../core/transaction-control.js';
import type { Role } from '../../authorization/roles.js';
import { getRowAfterCommit, isReadAfterwards } from '../actions/action-builders.js';
import { findValueError, isIdColumn, keyOf, toCondition } from './filters.js';
import { readRecord, readReferred, toRecordSql, type RecordRow, type Referred } from './record-statement.js';
import { findSandboxCondition } from './without-sandboxes.js';

type Conditions = FindOptionsWhere<ObjectLiteral>;

/** Which rows a role may see; `undefined` is all of them. */
export type RowFilter = (role: Role | undefined) => Conditions | undefined;

/** The values of a column that contain a text, for a column of few values in a huge table. */
export type ValueSearches = Record<string, (em: EntityManager, text: string) => Promise<string[]>>;

type Direction = 'ASC' | 'DESC';

/** What a list is sorted by, before the id: a column, or the key of a text. */
interface Order {
  expression: string;
  direction: Direction;
  /** Only where there are nulls: an index without NULLS LAST serves the others. */
  nulls?: 'NULLS LAST';
}

interface Page {
  limit?: number;
  offset?: number;
  sort?: { sortBy?: string; direction?: 'asc' | 'desc' };
}

const EXPORT_CHUNK_ROWS = 2_000;
/** Types of columns that an export can use as its keyset: JavaScript sends their values back unchanged. */
const keysetTypes = new Set<unknown>(['text', 'bigint', 'integer', 'smallint', 'timestamptz']);
/** Counting further costs more than the figure is worth. */
export const MAX_COUNTED = 10_000;
const MAX_ID_LENGTH = 200;
const everyRow: RowFilter = () => undefined;
/** What `findOne` has read with the record of an action, by resource and id. */
const readAlong = new WeakMap<ActionContext, Map<string, BaseRecord>>();

/** Its title is the name that staff use: handles are stored without their `@`. */
class ReadOnlyRecord extends BaseRecord {
  override toJSON(staff?: CurrentAdmin): RecordJSON {
    const json = super.toJSON(staff);
    const isHandle = this.resource.decorate().titleProperty().name() === 'handle';
    return isHandle ? { ...json, title: `@${json.title}` } : json;
  }
}

/**
 * AdminJS's TypeORM resource without its errors on filters, unbounded counts and need for `BaseEntity` (docs/decisions/015).
 * Changes go through services.
 */
export class ReadOnlyResource extends Resource {
  private readonly repository: Repository<ObjectLiteral>;
  /** Totals that `find` has counted, for AdminJS's `count` after it. */
  private readonly totals = new WeakMap<Filter, number>();
  private readonly kept = {};
  private readonly keptAnswer = {};
  private referred: (Referred & { resource: ReadOnlyResource })[] | undefined;

  constructor(
    private readonly dataSource: DataSource,
    entity: EntityTarget<ObjectLiteral>,
    /** Of the days that a filter states. */
    private readonly timeZone: string,
    private readonly rowFilter: RowFilter = everyRow,
    private readonly valueSearches: ValueSearches = {},
  ) {
    const repository = dataSource.getRepository(entity);
    // All that AdminJS needs of a `BaseEntity`, which would be bound to one data source for the whole process.
    const model = { name: repository.metadata.name, getRepository: () => repository };
    super(model as unknown as typeof BaseEntity);
    this.repository = repository;
  }

  override property(path: string): ReturnType<Resource['property']> {
    // AdminJS copes with `null`, though its types do not allow it.
    return (this.findColumn(path) ? super.property(path) : null) as ReturnType<Resource['property']>;
  }

  /** Why a column cannot hold a filter's value, or one end of its range. An empty value is no filter. */
  findFilterError(path: string, value: string, isEnd: boolean): string | null {
    const column = this.findColumn(path);
    if (!column) return 'is no column of this list';
    return value === '' ? null : findValueError(column, value, isEnd, this.timeZone);
  }

  /** 10,001 where there are more than 10,000. */
  override async count(filter: Filter, context?: ActionContext): Promise<number> {
    const known = this.totals.get(filter);
    if (known !== undefined) return known;
    const matching = this.repository
      .createQueryBuilder('listed')
      .select('1')
      .where(await this.toWhere(filter, context))
      .limit(MAX_COUNTED + 1);
    const counted = await queryRow<{ total: number }>(
      this.dataSource.manager,
      sql`SELECT count(*) AS total FROM (${toSql(matching)}) counted`,
    );
    return counted!.total;
  }

  /**
   * Few matches are found first and sorted then; among many, the index of the order soon meets a page of them. PostgreSQL cannot
   * know which it is, and would read a huge table in order to find a few rows.
   */
  override async find(filter: Filter, page: Page, context?: ActionContext): Promise<BaseRecord[]> {
    const where = await this.toWhere(filter, context);
    const order = this.toOrder(page.sort);
    const [take, skip] = [page.limit ?? 10, page.offset ?? 0];
    const hasFilters = Object.keys(filter.filters ?? {}).length > 0;
    const few = hasFilters ? await this.readIdsOfFew(where, order, take, skip) : null;
    if (few) this.totals.set(filter, few.total);
    const found =
      few && few.total <= MAX_COUNTED
        ? await this.sorted({ id: In(few.ids) }, order).getMany()
        : await this.sorted(where, order).limit(take).offset(skip).getMany();
    return found.map((row) => new ReadOnlyRecord(row, this));
  }

  private sorted(where: Conditions, { expression, direction, nulls }: Order): SelectQueryBuilder<ObjectLiteral> {
    return this.repository
      .createQueryBuilder('listed')
      .addSelect(expression, 'sort_key')
      .where(where)
      .orderBy('sort_key', direction, nulls)
      .addOrderBy('listed.id', direction);
  }

  /** How many match, at most 10,001, and the ids of one page; no ids where more than 10,000 match. */
  private async readIdsOfFew(where: Conditions, order: Order, take: number, skip: number) {
    const matching = this.repository
      .createQueryBuilder('listed')
      .select('listed.id', 'id')
      .addSelect(order.expression, 'sort_key')
      .where(where)
      .limit(MAX_COUNTED + 1);
    const directionSql = order.direction === 'DESC' ? sql`DESC` : sql`ASC`;
    const found = await queryRow<{ total: number; ids: string[] }>(
      this.dataSource.manager,
      sql`WITH matching AS MATERIALIZED (${toSql(matching)}), counted AS (SELECT count(*) AS total FROM matching)
       SELECT total, ARRAY(SELECT id FROM matching WHERE total <= ${literal(MAX_COUNTED)}
                            ORDER BY sort_key ${directionSql} ${order.nulls ? sql`NULLS LAST` : noSql}, id ${directionSql}
                            LIMIT ${literal(take)} OFFSET ${literal(skip)}) AS ids
         FROM counted`,
    );
    return found!;
  }

  /** All records of a list in chunks, by id where a keyset cannot follow the list's order. No connection is held between chunks. */
  async *readChunks(filter: Filter, sort: Page['sort'], context: ActionContext): AsyncGenerator<BaseRecord[]> {
    const where = await this.toWhere(filter, context);
    const order = this.toKeyset(sort);
    const comparison = order.direction === 'DESC' ? '<' : '>';
    let last: { sortKey: unknown; id: unknown } | null = null;
    do {
      const query = this.sorted(where, order).limit(EXPORT_CHUNK_ROWS);
      if (last) query.andWhere(`(${order.expression}, listed.id) ${comparison} (:sortKey, :id)`, last);
      const { raw, entities } = await query.getRawAndEntities<{ sort_key: unknown }>();
      yield entities.map((row) => new ReadOnlyRecord(row, this));
      last = entities.length === EXPORT_CHUNK_ROWS ? { sortKey: raw.at(-1)!.sort_key, id: entities.at(-1)!.id } : null;
    } while (last);
  }

  private toKeyset(sort: Page['sort']): Order {
    const direction = sort?.direction === 'desc' ? 'DESC' : 'ASC';
    const column = sort?.sortBy ? this.findColumn(sort.sortBy) : undefined;
    const isKeyset = column && !column.isNullable && !column.isArray && keysetTypes.has(column.type);
    return { expression: toSortKey(isKeyset ? column : this.findColumn('id')!), direction };
  }

  /** Reads the records that it refers to in the same statement; AdminJS asks for them afterwards, by {@link findMany}. */
  override async findOne(id: string | number, context?: ActionContext): Promise<BaseRecord | null> {
    if (!isPossibleId(id)) return null;
    const isAnswer = context !== undefined && isReadAfterwards(context);
    if (isAnswer && !context.record) return new ReadOnlyRecord({ id }, this);
    if (!context || this.hidesRows) return (await this.findMany([id], context))[0] ?? null;
    const { metadata } = this.repository;
    const referred = isAnswer ? [] : this.getReferred();
    const row = getRowAfterCommit(context) ?? (await this.readRow(String(id), referred, isAnswer));
    if (!row) return null;
    const { driver } = this.dataSource;
    const records = new Map<string, BaseRecord>();
    referred.forEach(({ resource }, place) => {
      const found = readReferred(driver, resource.repository.metadata, row, place);
      if (found) records.set(toKey(resource, String(found.id)), new ReadOnlyRecord(found, resource));
    });
    readAlong.set(context, records);
    return new ReadOnlyRecord(readRecord(driver, metadata, row), this);
  }

  /** The record alone, for an action that `readsAfterwards`. */
  toReading(id: string): AfterCommitReading<RecordRow> {
    return new AfterCommitReading(this.toAnswerSql(id));
  }

  private readRow(id: string, referred: readonly Referred[], isAnswer: boolean): Promise<RecordRow | null> {
    const statement = isAnswer ? this.toAnswerSql(id) : toRecordSql(this.kept, this.repository.metadata, referred, id);
    return queryRow<RecordRow>(this.dataSource.manager, statement);
  }

  private toAnswerSql(id: string): Sql {
    return toRecordSql(this.keptAnswer, this.repository.metadata, [], id);
  }

  override async findMany(ids: (string | number)[], context?: ActionContext): Promise<BaseRecord[]> {
    const known = context && readAlong.get(context);
    const knownRecords = ids.flatMap((id) => known?.get(toKey(this, String(id))) ?? []);
    if (ids.length > 0 && knownRecords.length === ids.length) return knownRecords;
    const validIds = ids.filter(isPossibleId);
    if (validIds.length === 0) return [];
    const found = await this.repository.find({ where: this.withRowFilter({ id: In(validIds) }, context) });
    return found.map((row) => new ReadOnlyRecord(row, this));
  }

  /** The records that a record names, of resources whose rows everybody may see. */
  private getReferred(): (Referred & { resource: ReadOnlyResource })[] {
    this.referred ??= Object.values(this.decorate().getFlattenProperties()).flatMap((property) => {
      const column = property.isArray() ? undefined : this.findColumn(property.propertyPath);
      const resource = column && property.reference();
      if (!(resource instanceof ReadOnlyResource) || resource.hidesRows) return [];
      return [{ column: column!, metadata: resource.repository.metadata, resource }];
    });
    return this.referred;
  }

  /** From somebody. */
  private get hidesRows(): boolean {
    return this.rowFilter !== everyRow;
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

  private findColumn(path: string): ColumnMetadata | undefined {
    return this.repository.metadata.findColumnWithPropertyName(path);
  }

  private async toWhere(filter: Filter | undefined, context?: ActionContext): Promise<Conditions> {
    const filtered = Object.keys(filter?.filters ?? {});
    const conditions: Conditions = findSandboxCondition(this.repository.metadata, filtered);
    for (const [path, { value }] of Object.entries(filter?.filters ?? {})) {
      const column = this.findColumn(path);
      const search = this.valueSearches[path];
      if (search && isStorableText(value) && hasVisibleText(value))
        conditions[path] = In(await search(this.dataSource.manager, value.trim()));
      else if (column) conditions[path] = toCondition(column, value, this.timeZone);
    }
    return this.withRowFilter(conditions, context);
  }

  private withRowFilter(conditions: Conditions, context?: ActionContext): Conditions {
    const visible = this.rowFilter(context?.currentAdmin?.role as Role | undefined);
    const both = { ...conditions };
    for (const [path, condition] of Object.entries(visible ?? {})) {
      both[path] = path in conditions ? And(conditions[path], condition) : condition;
    }
    return both;
  }

  private toOrder(sort: Page['sort']): Order {
    const direction = sort?.direction === 'desc' ? 'DESC' : 'ASC';
    const column = (sort?.sortBy && this.findColumn(sort.sortBy)) || this.findColumn('id')!;
    return { expression: toSortKey(column), direction, ...(column.isNullable && { nulls: 'NULLS LAST' }) };
  }
}

function isPossibleId(id: string | number): boolean {
  return isStorableText(id) && id.length <= MAX_ID_LENGTH;
}

function toKey(resource: ReadOnlyResource, id: string): string {
  return `${resource.decorate().id()} ${id}`;
}

/** Names are sorted as they are compared, whatever the locale of the database; ids and words of our own as they are. */
function toSortKey(column: ColumnMetadata): string {
  const name = `listed.${column.propertyName}`;
  const isName = column.type === 'text' && !column.isArray && !column.enum && !isIdColumn(column);
  // In parentheses TypeORM takes a column for an expression, and still reads the entity's own.
  return isName ? keyOf(name) : `(${name})`;
}

/** TypeORM's statement as a part of one of ours. */
function toSql(builder: SelectQueryBuilder<ObjectLiteral>): Sql {
  const [text, values] = builder.getQueryAndParameters();
  const parts = text.split(/\$(\d+)/);
  const isText = (index: number) => index % 2 === 0;
  return new Sql(
    parts.filter((_, index) => isText(index)),
    parts.filter((_, index) => !isText(index)).map((number) => values[Number(number) - 1] as unknown),
  );
}
