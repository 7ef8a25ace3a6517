import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { newId } from '../../../src/core/ids.js';
import { Transactions } from '../../../src/core/transactions.js';
import { EventRecorder } from '../../../src/events/event-recorder.js';
import { EventSequencer } from '../../../src/events/event-sequencer.js';
import type { SequencedEvent } from '../../../src/events/types.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { atOnce } from '../../support/makers.js';
import { until } from '../../support/until.js';

const organizationId = newId('org');
let service: TestApp;
/** Another process over the same database. */
let other: TestApp;

beforeAll(async () => {
  service = await startTestApp();
  other = await startTestApp({}, service.settings.databaseUrl);
});
afterAll(async () => {
  await other.close();
  await service.close();
});
afterEach(() => service.dataSource.query('DELETE FROM event'));

const sequencer = (app = service) => app.app.get(EventSequencer, { strict: false });

function record(em: EntityManager, line: number): Promise<string> {
  const recorder = service.app.get(EventRecorder, { strict: false });
  return recorder.record(em, { type: 'lease_request.updated', organizationId, data: { line } });
}

function commit(line: number): Promise<string> {
  return service.app.get(Transactions).run((em) => record(em, line));
}

async function readLines(after = '0'): Promise<{ line: number; sequence: string }[]> {
  return service.dataSource.query(
    `SELECT (body::jsonb #>> '{data,line}')::int AS line, sequence::text FROM event WHERE sequence > $1 ORDER BY event.sequence`,
    [after],
  );
}

describe('The recorder', () => {
  it('writes an event with its change: a change that is rolled back has none', async () => {
    const undone = service.app.get(Transactions).run(async (em) => {
      await record(em, 1);
      throw new Error('after the event');
    });
    await expect(undone).rejects.toThrow('after the event');
    const id = await commit(2);
    expect(await service.dataSource.query('SELECT id, body FROM event')).toEqual([
      {
        id,
        body: expect.stringMatching(
          `^{"id":"${id}","type":"lease_request.updated","createdAt":"[-0-9:.TZ]{24}","apiVersion":"v1","data":{"line":2}}$`,
        ),
      },
    ]);
  });
});

describe('The sequencer', () => {
  it('numbers events in the order of their commits, and waits for no open transaction', async () => {
    let commitLate = (): void => undefined;
    const isOpen = new Promise<void>((resolve) => (commitLate = resolve));
    const late = service.app.get(Transactions).run(async (em) => {
      await record(em, 1);
      await isOpen;
    });
    await commit(2);
    await sequencer().sequenceAll();
    expect((await readLines()).map(({ line }) => line)).toEqual([2]);
    commitLate();
    await late;
    await sequencer().sequenceAll();
    expect((await readLines()).map(({ line }) => line)).toEqual([2, 1]);
  });

  it('shows a number only after all lower ones: who walks them beside two processes misses none', async () => {
    const seen: number[] = [];
    let isWriting = true;
    const walk = async () => {
      for (let after = '0', isLast = false; !isLast;) {
        isLast = !isWriting;
        if (isLast) await sequencer().sequenceAll();
        for (const { line, sequence } of await readLines(after)) {
          seen.push(line);
          after = sequence;
        }
      }
    };
    const sequence = async (app: TestApp) => {
      while (isWriting) await sequencer(app).sequenceAll();
    };
    const write = (from: number) =>
      atOnce(8, async (writer) => {
        for (let n = 0; n < 25; n += 1) {
          await service.app.get(Transactions).run(async (em) => {
            await record(em, from + writer * 25 + n);
            await pause((writer * n) % 7);
          });
        }
      });
    const running = [walk(), sequence(service), sequence(other)];
    await write(0);
    isWriting = false;
    await Promise.all(running);
    expect(seen).toHaveLength(200);
    expect(new Set(seen).size).toBe(200);
  });

  it('keeps the order of changes that waited for each other', async () => {
    await service.dataSource.query(
      'CREATE TABLE IF NOT EXISTS changed (version int); TRUNCATE changed; INSERT INTO changed VALUES (0)',
    );
    const change = () =>
      service.app.get(Transactions).run(async (em) => {
        const [[{ version }]] = await em.query('UPDATE changed SET version = version + 1 RETURNING version');
        await record(em, version);
      });
    const running = atOnce(20, change);
    for (let n = 0; n < 10; n += 1) await sequencer(n % 2 ? service : other).sequenceAll();
    await running;
    await sequencer().sequenceAll();
    expect((await readLines()).map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
  });

  it('hands each event once to its subscribers, who write with it or not at all', async () => {
    await service.dataSource.query('CREATE TABLE delivered (id text)');
    let failure: ((em: EntityManager) => Promise<void>) | null = null;
    sequencer(other).subscribe({
      async onSequenced(em: EntityManager, events: readonly SequencedEvent[]) {
        for (const { id } of events) await em.query('INSERT INTO delivered VALUES ($1)', [id]);
        await failure?.(em);
      },
    });
    const ids = await atOnce(3, commit);
    failure = () => Promise.reject(new Error('a subscriber fails'));
    await expect(sequencer(other).sequenceAll()).rejects.toThrow('a subscriber fails');
    failure = async (em) => void (await em.query('SELECT pg_terminate_backend(pg_backend_pid())'));
    await expect(sequencer(other).sequenceAll()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await readLines()).toEqual([]);
    failure = null;
    await sequencer(other).sequenceAll();
    await sequencer(other).sequenceAll();
    const delivered: { id: string }[] = await service.dataSource.query('SELECT id FROM delivered');
    expect(delivered.map(({ id }) => id).sort()).toEqual(ids.sort());
  });

  it('is woken by a commit, and asks for what other processes committed', async () => {
    const worker = await startTestApp({ workers: true }, service.settings.databaseUrl);
    const isSequenced = async () => (await readLines()).length;
    await commit(1);
    await until('the poll finds it', async () => (await isSequenced()) === 1);
    await worker.app.get(Transactions).run((em) => {
      const recorder = worker.app.get(EventRecorder, { strict: false });
      return recorder.record(em, { type: 'test.ping', organizationId, data: {} });
    });
    await until('the commit has woken it', async () => (await isSequenced()) === 2);
    await worker.close();
  });
});
