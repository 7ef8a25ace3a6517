import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { migrate } from '../../../src/database/migrate.js';
import { TextKeys1767225600029 } from '../../../src/database/migrations/29-text-keys.js';
import { migrations } from '../../../src/database/migrations/index.js';
import { dataSourceOptions } from '../../../src/database/options.js';
import { createEmptyDatabase, type TestDatabase } from '../../support/database.js';

const first = migrations.indexOf(TextKeys1767225600029);
const CAFE = 'café';
const CAFE_NFD = 'cafe\u0301';

describe('The migration to keys of texts', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createEmptyDatabase('C');
    const earlier = migrations.slice(0, first);
    const options = dataSourceOptions({ databaseUrl: database.url, preparedStatements: true }, 'test');
    dataSource = await new DataSource({ ...options, migrations: earlier }).initialize();
    await dataSource.runMigrations();
    await dataSource.query(`
      INSERT INTO organization (id, name, created_at) VALUES
        ('org_first', 'Кофе Москва', '2026-01-01'), ('org_second', 'КОФЕ  МОСКВА', '2026-01-02'), ('org_other', 'Tea', '2026-01-03');
      INSERT INTO project (id, organization_id, name, created_at) VALUES ('prj_1', 'org_first', 'One', now());
      INSERT INTO api_key (id, organization_id, name, prefix, secret_digest, env, scopes, tier, created_at)
        VALUES ('key_1', 'org_first', 'One', '0000000000000000', sha256('x'), 'live', '{}', 'standard', now());
      INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, vertical_key, status,
                                 submitted_at, updated_at)
        VALUES ('lreq_1', 'one', 'org_first', 'prj_1', 'key_1', sha256('x'), 1, 'CAFE\u0301', '${CAFE_NFD}', 'requested', now(), now());
      INSERT INTO social_account (id, handle, followers, verticals, language, countries, status, created_at, updated_at) VALUES
        ('sa_1', 'one', 1, '{tea,${CAFE_NFD},${CAFE}}', 'en', '{}', 'available', now(), '2026-01-01'),
        ('sa_2', 'two', 1, '{tea}', 'en', '{}', 'available', now(), '2026-01-01');
      INSERT INTO vertical_synonym (synonym, vertical, created_at, created_by) VALUES
        ('straße', 'tea', '2026-01-01', 'test'), ('strasse', 'coffee', '2026-01-02', 'test'),
        ('${CAFE}', '${CAFE_NFD}', '2026-01-01', 'test'), ('bistro', '${CAFE_NFD}', '2026-01-01', 'test');`);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const column = async (statement: string) =>
    (await dataSource.query(`SELECT (${statement}) AS found`))[0].found as unknown;

  /** Takes back this migration and all after it. @returns how many */
  const undoKeys = async (whole: DataSource): Promise<number> => {
    for (let kept = migrations.length; kept > first; kept -= 1) await whole.undoLastMigration();
    return migrations.length - first;
  };

  it('says what is one name or one word now, and stops at none of it', async () => {
    const lines: string[] = [];
    await migrate({ databaseUrl: database.url, preparedStatements: true }, (line) => lines.push(line));
    expect(lines.sort()).toEqual([
      'partners whose names count as one: “Кофе Москва” (org_first), “КОФЕ  МОСКВА” (org_second); rename all but one of them',
      `the word “${CAFE}” for ${CAFE_NFD} is forgotten: they are the same`,
      'the word “straße” stood for tea too; “strasse” stands for coffee',
    ]);
  });

  it('makes keys of the words that are stored', async () => {
    expect(await column("SELECT vertical_key FROM lease_request WHERE id = 'lreq_1'")).toBe(CAFE);
    expect(await column("SELECT verticals FROM social_account WHERE id = 'sa_1'")).toEqual(['tea', CAFE]);
    expect(await column('SELECT array_agg(vertical ORDER BY vertical) FROM known_vertical')).toEqual([CAFE, 'tea']);
    expect(await column('SELECT array_agg(vertical ORDER BY vertical) FROM pool_entry')).toEqual([CAFE, 'tea', 'tea']);
    expect(await column('SELECT json_object_agg(synonym, vertical) FROM vertical_synonym')).toEqual({
      strasse: 'coffee',
      bistro: CAFE,
    });
    expect(
      await column(
        "SELECT xmin::text = (SELECT xmin::text FROM social_account WHERE id = 'sa_1') FROM social_account WHERE id = 'sa_2'",
      ),
    ).toBe(false);
  });

  it('keeps a third partner from that name, and goes back and forth', async () => {
    const insert = `INSERT INTO organization (id, name, created_at) VALUES ('org_third', 'кофе москва', now())`;
    await expect(dataSource.query(insert)).rejects.toMatchObject({
      driverError: { constraint: 'organization_name_key' },
    });
    const whole = await new DataSource({ ...dataSource.options, migrations }).initialize();
    try {
      const undone = await undoKeys(whole);
      expect(await whole.runMigrations()).toHaveLength(undone);
    } finally {
      await whole.destroy();
    }
    expect(await column('SELECT array_agg(id) FROM organization WHERE shares_name')).toEqual(['org_second']);
  });

  it('stops at emails or handles that are one now, and says which', async () => {
    const whole = await new DataSource({ ...dataSource.options, migrations }).initialize();
    try {
      await undoKeys(whole);
      await whole.query(`INSERT INTO staff_user (id, email, name, role, created_at)
        VALUES ('stf_1', '${CAFE}@x.example', 'A', 'viewer', '2026-01-01'), ('stf_2', '${CAFE_NFD}@x.example', 'B', 'viewer', '2026-01-02')`);
      await expect(migrate({ databaseUrl: database.url, preparedStatements: true })).rejects.toThrow(
        `staff accounts whose emails count as one: ${CAFE}@x.example (stf_1), ${CAFE_NFD}@x.example (stf_2); change all but one of them first`,
      );
      expect(await column("SELECT to_regproc('text_key') IS NULL")).toBe(true);
    } finally {
      await whole.destroy();
    }
  });
});
