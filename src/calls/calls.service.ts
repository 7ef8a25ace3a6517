import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PartnerCaller } from '../authorization/actor.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { readCursor, toPage, type Page, type PagePosition } from '../core/pages.js';
import { Pruner, PRUNE_BATCH_SIZE } from '../core/pruner.js';
import { joinSql, literal, queryRows, sql, type Sql } from '../core/sql.js';
import type { CallsQuery, CallView } from './dto/calls.js';

interface CallRow extends Omit<CallView, 'requestId' | 'at'> {
  id: string;
  calledAt: Date;
}

/** A partner's own calls of the last days. */
@Injectable()
export class CallsService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly pruner: Pruner,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  onModuleInit(): void {
    this.pruner.register({ table: 'api_call', deleteExpired: (em) => this.deleteExpired(em) });
  }

  /** Newest first. @throws ValidationFailed on a cursor of another list */
  async list({ organizationId }: PartnerCaller, query: CallsQuery): Promise<Page<CallView>> {
    const { apiKeyId = null, status = null, code = null, since = null, until = null, cursor, limit } = query;
    const list = ['calls', organizationId, apiKeyId, status, code, since, until];
    const after = readCursor(cursor, list);
    const rows = await queryRows<CallRow>(this.dataSource.manager, toCallsSql(organizationId, query, after));
    return toPage(rows, limit, list, ({ calledAt, id }) => ({ at: calledAt, id }), toItem);
  }

  private deleteExpired(em: EntityManager): Promise<unknown[]> {
    return queryRows(
      em,
      sql`DELETE FROM api_call WHERE id IN (
            SELECT id FROM api_call WHERE called_at < now() - make_interval(days => ${this.settings.callRetentionDays})
             ORDER BY called_at, id LIMIT ${literal(PRUNE_BATCH_SIZE)} FOR UPDATE SKIP LOCKED)
          RETURNING id`,
    );
  }
}

/** One row more than the page has. */
export function toCallsSql(
  organizationId: string,
  { apiKeyId, status, code, since, until, limit }: CallsQuery,
  after: PagePosition | null,
): Sql {
  const conditions = [sql`organization_id = ${organizationId}`];
  if (apiKeyId) conditions.push(sql`api_key_id = ${apiKeyId}`);
  if (status) conditions.push(sql`status = ${status}`);
  if (code) conditions.push(sql`code = ${code}`);
  // As `Date`: PostgreSQL does not read the year 0.
  if (since) conditions.push(sql`called_at >= ${new Date(since)}`);
  if (until) conditions.push(sql`called_at <= ${new Date(until)}`);
  if (after) conditions.push(sql`(called_at, id) < (${after.at}, ${after.id})`);
  return sql`SELECT id, called_at AS "calledAt", method, route, status, code, duration_ms AS "durationMs", api_key_id AS "apiKeyId", address
               FROM api_call WHERE ${joinSql(conditions, ' AND ')}
              ORDER BY called_at DESC, id DESC LIMIT ${limit + 1}`;
}

function toItem({ id, calledAt, ...call }: CallRow): CallView {
  return { requestId: id, at: calledAt.toISOString(), ...call };
}
