import type { MigrationInterface, QueryRunner } from 'typeorm';

const askedAndWords = `FULL JOIN (
    SELECT vertical_key AS vertical, sum(count - assigned_count)::bigint AS wanted
      FROM lease_request WHERE status = 'requested' AND vertical_key IS NOT NULL GROUP BY vertical_key) asked USING (vertical)
  FULL JOIN (
    SELECT vertical, array_agg(synonym ORDER BY synonym) AS synonyms FROM vertical_synonym GROUP BY vertical) words USING (vertical)`;
const meaning =
  'LEFT JOIN (SELECT synonym, vertical AS stands_for FROM vertical_synonym) meaning ON meaning.synonym = vertical';

/**
 * What lists of a large house are found and counted by; writers wait while each index is made, readers do not. The list of
 * verticals counts what is available of each up to a thousand, and of those alone that it shows.
 */
export class BoundedLists1767225600022 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE EXTENSION IF NOT EXISTS btree_gin;
      CREATE INDEX social_account_traits ON social_account USING gin (verticals, countries, lower(split_part(language, '-', 1)), status);
      -- For wishes without a language: in the order of languages most of a vertical lies before a country's accounts.
      CREATE INDEX pool_entry_any_language ON pool_entry (sandbox, vertical) INCLUDE (countries, social_account_id);
      CREATE INDEX lease_live ON lease (organization_id) INCLUDE (price_cents) WHERE status IN ('active', 'past_due');
      CREATE INDEX ledger_transfer_of_organization ON ledger_transfer (organization_id, booked_at, id);
      CREATE INDEX ledger_transfer_of_kind ON ledger_transfer (kind, booked_at, id);
      CREATE INDEX audit_event_of_type ON audit_event (type, occurred_at, id);

      DROP VIEW panel_vertical;
      CREATE VIEW panel_vertical AS
        SELECT vertical AS id, vertical, coalesce(in_pool, false) AS in_pool,
               (SELECT count(*) FROM (
                  SELECT FROM pool_entry WHERE sandbox IN (false, true) AND pool_entry.vertical = word.vertical LIMIT 1001) one) AS available,
               coalesce(wanted, 0) AS wanted, coalesce(synonyms, '{}') AS synonyms, stands_for
          FROM (SELECT vertical, in_pool, wanted, synonyms
                  FROM (SELECT known.vertical,
                               CASE WHEN EXISTS (SELECT FROM pool_entry WHERE sandbox IN (false, true) AND pool_entry.vertical = known.vertical)
                                    THEN true
                                    ELSE EXISTS (SELECT FROM social_account WHERE verticals @> ARRAY[known.vertical] AND status <> 'retired')
                               END AS in_pool
                          FROM known_vertical known) pool
                  ${askedAndWords}) word
          ${meaning}
         WHERE in_pool OR wanted IS NOT NULL OR synonyms IS NOT NULL;

      -- The last, for even readers of the pool wait from here on.
      DROP INDEX social_account_tags;
    `);
  }

  /** The extension stays: others may use it by now. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP VIEW panel_vertical;
      CREATE VIEW panel_vertical AS
        SELECT vertical AS id, vertical, coalesce(available, 0) AS available, coalesce(accounts, 0) AS accounts,
               coalesce(wanted, 0) AS wanted, coalesce(synonyms, '{}') AS synonyms, stands_for
          FROM (SELECT vertical, count(*) AS accounts, count(*) FILTER (WHERE status = 'available') AS available
                  FROM social_account CROSS JOIN unnest(verticals) AS vertical
                 WHERE status <> 'retired' GROUP BY vertical) pool
          ${askedAndWords}
          ${meaning};

      CREATE INDEX social_account_tags ON social_account USING gin (verticals, countries);
      DROP INDEX social_account_traits, pool_entry_any_language, lease_live, ledger_transfer_of_organization, ledger_transfer_of_kind,
                 audit_event_of_type;
    `);
  }
}
