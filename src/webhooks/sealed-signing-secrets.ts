import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { SEALED_BATCH_SIZE, SealedColumns, type SealedColumn, type SealedSecret } from '../core/sealed-columns.js';
import { literal, queryRows, sql } from '../core/sql.js';
import { toSecretPurpose } from './signature.js';

type StoredSecret = Omit<SealedSecret, 'purpose'>;

/** The stored signing secrets: of endpoints that are not deleted, and of the last rotation while they sign too. */
@Injectable()
export class SealedSigningSecrets implements OnModuleInit {
  constructor(
    private readonly columns: SealedColumns,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.columns.register(presentSecrets);
    this.columns.register(this.previousSecrets);
  }

  private readonly previousSecrets: SealedColumn = {
    one: 'previous signing secret of a webhook',
    many: 'previous signing secrets of webhooks',
    event: 'last changed',
    remedy: '',
    readAfter: async (em, after) => {
      const rows = await queryRows<StoredSecret>(
        em,
        sql`SELECT id, sealed_previous_secret AS sealed, updated_at AS "sealedAt" FROM webhook_endpoint
             WHERE id > ${after} AND deleted_at IS NULL AND previous_secret_expires_at > ${this.clock.now()}
             ORDER BY id LIMIT ${literal(SEALED_BATCH_SIZE)}`,
      );
      return rows.map(withPurpose);
    },
    replace: (em, id, before, sealed) =>
      queryRows(
        em,
        sql`UPDATE webhook_endpoint SET sealed_previous_secret = ${sealed}
             WHERE id = ${id} AND sealed_previous_secret = ${before} RETURNING id`,
      ),
  };
}

const presentSecrets: SealedColumn = {
  one: 'signing secret of a webhook',
  many: 'signing secrets of webhooks',
  event: 'last changed',
  remedy: '',
  readAfter: async (em, after) => {
    const rows = await queryRows<StoredSecret>(
      em,
      sql`SELECT id, sealed_secret AS sealed, updated_at AS "sealedAt" FROM webhook_endpoint
           WHERE id > ${after} AND deleted_at IS NULL ORDER BY id LIMIT ${literal(SEALED_BATCH_SIZE)}`,
    );
    return rows.map(withPurpose);
  },
  replace: (em, id, before, sealed) =>
    queryRows(
      em,
      sql`UPDATE webhook_endpoint SET sealed_secret = ${sealed} WHERE id = ${id} AND sealed_secret = ${before} RETURNING id`,
    ),
};

function withPurpose(secret: StoredSecret): SealedSecret {
  return { ...secret, purpose: toSecretPurpose(secret.id) };
}
