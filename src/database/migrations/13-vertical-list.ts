import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The list of verticals: what the pool has of each, what open requests still want of it, and the words that stand for it. */
export class VerticalList1767225600013 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE VIEW panel_vertical AS
        SELECT vertical AS id, vertical, coalesce(available, 0) AS available, coalesce(accounts, 0) AS accounts,
               coalesce(wanted, 0) AS wanted, coalesce(synonyms, '{}') AS synonyms, stands_for
          FROM (SELECT vertical, count(*) AS accounts, count(*) FILTER (WHERE status = 'available') AS available
                  FROM social_account CROSS JOIN unnest(verticals) AS vertical
                 WHERE status <> 'retired' GROUP BY vertical) pool
          FULL JOIN (SELECT vertical_key AS vertical, sum(count - assigned_count)::bigint AS wanted
                       FROM lease_request WHERE status = 'requested' AND vertical_key IS NOT NULL GROUP BY vertical_key) asked
               USING (vertical)
          FULL JOIN (SELECT vertical, array_agg(synonym ORDER BY synonym) AS synonyms
                       FROM vertical_synonym GROUP BY vertical) words
               USING (vertical)
          LEFT JOIN (SELECT synonym, vertical AS stands_for FROM vertical_synonym) meaning ON meaning.synonym = vertical;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP VIEW panel_vertical');
  }
}
