import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Verticals, the words that stand for them, and the indexes of searches go by the key of a text. Only rows whose stored words are not
 * their keys yet are written: some that are not plain ASCII. Writers of a table wait while its indexes are made.
 */
export class TextsByKey1767225600030 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      UPDATE lease_request SET vertical_key = text_key(vertical) WHERE vertical_key <> text_key(vertical);
      UPDATE social_account
         SET verticals = (SELECT array_agg(word ORDER BY place)
                            FROM (SELECT text_key(word) AS word, min(place) AS place
                                    FROM unnest(verticals) WITH ORDINALITY AS listed (word, place) GROUP BY 1) keyed)
       WHERE EXISTS (SELECT FROM unnest(verticals) AS word WHERE word <> text_key(word));
      DELETE FROM known_vertical WHERE vertical <> text_key(vertical);

      -- Of words that are one now, the one said last counts.
      CREATE TEMPORARY TABLE keyed_synonym ON COMMIT DROP AS
        SELECT synonym, vertical, text_key(synonym) AS synonym_key, text_key(vertical) AS vertical_key,
               row_number() OVER (PARTITION BY text_key(synonym) ORDER BY created_at DESC, synonym) AS place
          FROM vertical_synonym;
      DO $$
        DECLARE line text;
        BEGIN
          FOR line IN
            SELECT format('the word “%s” stood for %s too; “%s” stands for %s', older.synonym, older.vertical, kept.synonym_key, kept.vertical_key)
              FROM keyed_synonym older JOIN keyed_synonym kept USING (synonym_key)
             WHERE older.place > 1 AND kept.place = 1 AND older.vertical_key <> kept.vertical_key
            UNION ALL
            SELECT format('the word “%s” for %s is forgotten: %s', synonym, vertical,
                          CASE WHEN synonym_key = vertical_key THEN 'they are the same' ELSE 'it has nothing to see or is too long' END)
              FROM keyed_synonym
             WHERE place = 1 AND (synonym_key = vertical_key OR char_length(synonym_key) NOT BETWEEN 1 AND 100
                                  OR char_length(vertical_key) NOT BETWEEN 1 AND 100)
          LOOP
            RAISE WARNING '%', line;
          END LOOP;
        END $$;
      DELETE FROM vertical_synonym USING keyed_synonym keyed
       WHERE keyed.synonym = vertical_synonym.synonym
         AND (place > 1 OR synonym_key = vertical_key OR char_length(synonym_key) NOT BETWEEN 1 AND 100
              OR char_length(vertical_key) NOT BETWEEN 1 AND 100);
      UPDATE vertical_synonym SET synonym = synonym_key, vertical = vertical_key FROM keyed_synonym keyed
       WHERE keyed.synonym = vertical_synonym.synonym
         AND (synonym_key, vertical_key) IS DISTINCT FROM (vertical_synonym.synonym, vertical_synonym.vertical);

      DO $$
        DECLARE handles text;
        BEGIN
          SELECT string_agg(format('@%s (%s)', handle, id), ', ' ORDER BY id) INTO handles
            FROM social_account GROUP BY text_key(handle) HAVING count(*) > 1 LIMIT 1;
          IF handles IS NOT NULL THEN
            RAISE EXCEPTION 'accounts whose handles count as one: %; delete or rename all but one of them first', handles;
          END IF;
        END $$;
      CREATE UNIQUE INDEX social_account_by_handle ON social_account (text_key(handle) COLLATE "C");
      CREATE INDEX social_account_handle_text ON social_account USING gin (text_key(handle) COLLATE "C" gin_trgm_ops);
      CREATE INDEX lease_request_text_key ON lease_request USING gin (text_key(request_id) COLLATE "C" gin_trgm_ops, text_key(vertical) COLLATE "C" gin_trgm_ops);
      CREATE INDEX ledger_transfer_text_key ON ledger_transfer USING gin (text_key(reference) COLLATE "C" gin_trgm_ops) WHERE reference IS NOT NULL;
      CREATE INDEX ledger_transfer_reference ON ledger_transfer (text_key(reference) COLLATE "C", kind) WHERE reference IS NOT NULL;
      CREATE INDEX request_note_text ON request_note USING gin (text_key(body) COLLATE "C" gin_trgm_ops);

      -- The last, for even readers of these tables wait from here on. The version before knows the constraint by this name.
      ALTER TABLE social_account DROP CONSTRAINT social_account_handle_key_key;
      ALTER INDEX social_account_by_handle RENAME TO social_account_handle_key_key;
      DROP INDEX social_account_name, social_account_handle_trigram, lease_request_text, ledger_transfer_text;
    `);
  }

  /** The stored words stay keys, which the version before takes too. */
  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE INDEX social_account_name ON social_account (handle, id);
      CREATE INDEX social_account_handle_trigram ON social_account USING gin (handle gin_trgm_ops);
      CREATE INDEX lease_request_text ON lease_request USING gin (request_id gin_trgm_ops, vertical gin_trgm_ops);
      CREATE INDEX ledger_transfer_text ON ledger_transfer USING gin (reference gin_trgm_ops) WHERE reference IS NOT NULL;
      DROP INDEX social_account_handle_key_key;
      ALTER TABLE social_account ADD CONSTRAINT social_account_handle_key_key UNIQUE (handle_key);
      DROP INDEX social_account_handle_text, lease_request_text_key, ledger_transfer_text_key, ledger_transfer_reference, request_note_text;
    `);
  }
}
