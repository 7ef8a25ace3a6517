import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ArgumentsHost } from '@nestjs/common';
import express from 'express';
import { pino } from 'pino';
import { createLogger, NestPinoLogger, toLoggedError } from '../../../src/core/logger.js';
import { callLogMiddleware } from '../../../src/partner-api/call-log.middleware.js';
import { ErrorFilter } from '../../../src/partner-api/error.filter.js';
import { startTestApp, type TestApp } from '../../support/app.js';

const MARKER = 'planted-marker';

describe('the log of a database error', () => {
  let service: TestApp;
  let lines: string[];
  const sink = () =>
    pino(
      { serializers: { err: (error: unknown) => toLoggedError(error) } },
      new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) }),
    );
  beforeAll(async () => {
    service = await startTestApp();
    await service.dataSource.query('CREATE TABLE secret_thing (name text UNIQUE, size integer)');
    await service.dataSource.query('INSERT INTO secret_thing (name) VALUES ($1)', [MARKER]);
  });
  afterAll(() => service.close());

  const refusals: [what: string, text: string, values: unknown[], code: string][] = [
    ['a duplicate, told in its detail', 'INSERT INTO secret_thing (name) VALUES ($1)', [MARKER], '23505'],
    ['a value in the message', 'INSERT INTO secret_thing (size) VALUES ($1)', [MARKER], '22P02'],
    [
      'a message that looks like a stack',
      'INSERT INTO secret_thing (size) VALUES ($1)',
      [`x\n    at ${MARKER} (a.js:1:1)`],
      '22P02',
    ],
    ['a value in the statement', `INSERT INTO secret_thing (name) VALUES ('${MARKER}')`, [], '23505'],
  ];
  const failing = (text: string, values: unknown[]): Promise<Error> =>
    service.dataSource.query(text, values).then(
      () => Promise.reject(new Error('It was to fail.')),
      (error: Error) => error,
    );

  it.each(refusals)('holds its type, code and stack, and no value: %s', async (_what, text, values, code) => {
    const error = await failing(text, values);
    const carrying = new Error('The work failed.', { cause: error });
    lines = [];
    new ErrorFilter(sink()).catch(error, hostOf({ headersSent: true }));
    new NestPinoLogger(sink()).error(error, 'Scheduler');
    new NestPinoLogger(sink()).error('The work failed.', error, 'Sweep');
    sink().error(carrying);
    sink().error({ err: (error as unknown as { driverError: Error }).driverError }, 'bare');
    expect(lines).toHaveLength(5);
    const [logged] = lines.map((line) => JSON.parse(line));
    expect(logged.err).toMatchObject({ type: 'QueryFailedError', code, stack: expect.stringMatching(/^at /) });
    expect(JSON.parse(lines[2]!)).toMatchObject({ msg: 'The work failed.', context: 'Sweep', err: { code } });
    expect(JSON.parse(lines[3]!).err).toMatchObject({ message: 'The work failed.', cause: { code } });
    if (code === '23505') expect(logged.err.constraint).toBe('secret_thing_name_key');
    expect(lines.join('')).not.toContain(MARKER);
    expect(lines.join('')).not.toContain('INSERT');
  });

  /** The line of a call that ends like this. */
  async function lineOf(status: number, error?: Error): Promise<Record<string, unknown>> {
    lines = [];
    const app = express();
    app.use(callLogMiddleware(sink()));
    app.use((_request, response) => {
      if (error) response.err = error;
      response.status(status).end();
    });
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    await fetch(`http://127.0.0.1:${(server.address() as { port: number }).port}/`);
    await new Promise((resolve) => server.close(resolve));
    return JSON.parse(lines[0]!) as Record<string, unknown>;
  }

  it('makes up no error for a call that was refused', async () => {
    const line = await lineOf(503);
    expect(line).toMatchObject({ res: { status: 503 } });
    expect(line).not.toHaveProperty('err');
  });

  it('holds no value in the line of the call either', async () => {
    const line = await lineOf(500, await failing(...(refusals[0]!.slice(1, 3) as [string, unknown[]])));
    expect(line.err).toMatchObject({ type: 'QueryFailedError', code: '23505' });
    expect(lines.join('')).not.toContain(MARKER);
  });

  it('is what the house’s logger writes, and an ordinary error keeps its message', async () => {
    const error = await failing(...(refusals[0]!.slice(1, 3) as [string, unknown[]]));
    const serializers = (createLogger('fatal') as unknown as Record<symbol, unknown>)[pino.symbols.serializersSym] as {
      err: (error: unknown) => unknown;
    };
    expect(JSON.stringify(serializers.err(error))).not.toContain(MARKER);
    expect(serializers.err(new TypeError('x is not a function'))).toMatchObject({
      type: 'TypeError',
      message: 'x is not a function',
      stack: expect.stringContaining('logger.spec'),
    });
  });
});

/** The one call that an exception filter is asked about. */
function hostOf(response: object): ArgumentsHost {
  return {
    switchToHttp: () => ({ getRequest: () => ({ requestId: 'req_1' }), getResponse: () => response }),
  } as unknown as ArgumentsHost;
}
