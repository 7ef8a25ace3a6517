import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { CommandLine, expectRefusal } from '../../support/command-line.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

let database: TestDatabase;
let client: pg.Client;
let commands: CommandLine;
beforeAll(async () => {
  database = await createTestDatabase();
  commands = new CommandLine(database.url);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

describe('the command line', () => {
  it('creates a partner with everything it needs to start', async () => {
    const projectId = 'prj_0b0f9e58-6d3c-4b5e-9d55-6f4f3c1d2e01';
    const answer = await commands.aPartner(
      'CLI One',
      '--project',
      'Second',
      '--project-id',
      projectId,
      '--tier',
      'internal',
    );
    expect(answer).toEqual({
      organizationId: expect.stringMatching(/^org_/),
      projects: [
        { id: projectId, name: 'Launch' },
        { id: expect.stringMatching(/^prj_/), name: 'Second' },
      ],
      apiKey: expect.stringMatching(/^lp_live_/),
      apiKeyId: expect.stringMatching(/^key_/),
    });
    const { rows } = await client.query(
      'SELECT DISTINCT actor_name AS name, request_id AS id FROM audit_event WHERE organization_id = $1',
      [answer.organizationId],
    );
    expect(rows).toEqual([{ name: 'cli partner:create', id: expect.stringMatching(/^req_[0-9A-Z]{26}$/) }]);

    const again = await commands.run(
      'partner:create',
      '--name',
      'CLI Two',
      '--project',
      'P',
      '--wallet-cents',
      '0',
      '--project-id',
      projectId,
    );
    expectRefusal(again, `A project with the id ${projectId} already exists.`);
  });

  it('makes a key, kills, resumes and revokes it', async () => {
    const { organizationId } = await commands.aPartner('CLI Keys');
    const key = await commands.json(
      'key:create',
      '--organization',
      organizationId,
      '--scopes',
      'leased:write,keys:write',
    );
    expect(key).toEqual({ apiKey: expect.stringMatching(/^lp_live_/), apiKeyId: expect.stringMatching(/^key_/) });
    const { rows } = await client.query('SELECT scopes FROM api_key WHERE id = $1', [key.apiKeyId]);
    expect(rows[0].scopes).toEqual(['leased:write', 'keys:write']);
    const rotated = await commands.json('key:rotate', '--key', key.apiKeyId, '--grace-seconds', '60');
    expect(rotated).toEqual({ apiKey: expect.stringMatching(/^lp_live_/), apiKeyId: key.apiKeyId });
    expect(rotated.apiKey).not.toBe(key.apiKey);
    const text = await commands.run('key:rotate', '--key', key.apiKeyId);
    expect(text.stdout).toMatch(/^key_.+\nlp_live_\S+ {3}\(shown only once\)\nThe one before no longer works\.\n$/);
    expectRefusal(
      await commands.run('key:rotate', '--key', key.apiKeyId, '--grace-seconds', '86401'),
      '--grace-seconds must be',
    );
    expectRefusal(await commands.run('key:rotate', '--key', 'key_none'), 'This API key was not found: key_none');
    for (const [command, status] of [
      ['key:kill', 'killed'],
      ['key:resume', 'live'],
      ['key:revoke', 'revoked'],
    ] as const) {
      expect(await commands.json(command, '--key', key.apiKeyId)).toMatchObject({ apiKeyId: key.apiKeyId, status });
    }
    expectRefusal(await commands.run('key:resume', '--key', key.apiKeyId), 'revoked, which is final');
    const test = await commands.run('key:create', '--organization', organizationId, '--env', 'test');
    expectRefusal(test, 'test keys belong to the partner’s sandbox');
  });

  it('makes a sandbox once, and further keys for it', async () => {
    const { organizationId } = await commands.aPartner('CLI Sandbox');
    const sandbox = await commands.json('sandbox:create', '--organization', organizationId);
    expect(sandbox).toEqual({
      organizationId: expect.stringMatching(/^org_/),
      projects: [{ id: expect.stringMatching(/^prj_/), name: expect.any(String) }],
      apiKey: expect.stringMatching(/^lp_test_/),
      apiKeyId: expect.stringMatching(/^key_/),
    });
    const again = await commands.run('sandbox:create', '--organization', organizationId);
    expectRefusal(again, `has a sandbox already: ${sandbox.organizationId}`);
    const key = await commands.json('key:create', '--organization', sandbox.organizationId);
    expect(key.apiKey).toMatch(/^lp_test_/);
  });
});
