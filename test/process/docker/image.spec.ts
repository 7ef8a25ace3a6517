import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Copy } from 'dockerfile-ast';
import { parse } from 'yaml';
import { newFolder, readContainer, readCopy, readStages, removeFolder } from './image.js';
import { expectToServeAndStop } from './served.js';

const stages = readStages();
const last = stages.at(-1)!;
const copies = (stage: typeof last) => stage.instructions.filter((one) => one instanceof Copy).map(readCopy);

describe('Dockerfile', () => {
  it('takes the Node that .nvmrc names, in every stage', () => {
    const image = `node:${fs.readFileSync('.nvmrc', 'utf8').trim()}-`;
    expect(stages.map((stage) => stage.image.startsWith(image))).toEqual([true, true]);
  });

  it('copies what .dockerignore lets in, and nothing else', () => {
    const lines = fs.readFileSync('.dockerignore', 'utf8').split('\n');
    const [everything, ...letIn] = lines.filter((line) => line !== '' && !line.startsWith('#'));
    expect(everything).toBe('*');
    const copied = stages.flatMap(copies).flatMap(({ from, sources }) => (from ? [] : sources));
    expect(letIn.sort()).toEqual(copied.map((file) => `!${file}`).sort());
    expect(copied.filter((file) => !fs.existsSync(file))).toEqual([]);
  });

  it('runs node itself as a user without rights', () => {
    const { command, user } = readContainer(last, '/app');
    expect(user).toBe('node');
    const { scripts } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    expect([scripts.start, scripts['start:prod']]).toEqual(Array(2).fill(`exec ${command.join(' ')}`));
  });
});

describe('A container', () => {
  const folder = newFolder();

  beforeAll(() => {
    for (const { sources } of copies(last)) {
      for (const source of sources) {
        const name = source.replace('/app/', '');
        const file = path.resolve(name === 'dist' ? (process.env.BUILD_DIR ?? 'dist') : name);
        // The modules of the project, those for development among them; `npm run prove` installs the image's own.
        if (name === 'node_modules') fs.symlinkSync(file, path.join(folder, name));
        else fs.cpSync(file, path.join(folder, name), { recursive: true });
      }
    }
  });
  afterAll(() => removeFolder(folder));

  it('serves from a folder that it cannot write to, answers its health check, and ends on SIGTERM', async () => {
    await expectToServeAndStop(readContainer(last, folder));
  });
});

describe('compose.yaml', () => {
  interface Service {
    image?: string;
    build?: string;
    read_only?: boolean;
    healthcheck?: { test: string[] };
    depends_on?: Record<string, { condition: string }>;
    environment: Record<string, string>;
  }
  const { services } = parse(fs.readFileSync('compose.yaml', 'utf8')) as { services: Record<string, Service> };
  const { database, service } = services as { database: Service; service: Service };

  it('starts the service, without a writable file system, once PostgreSQL 18 answers', () => {
    expect(database.image).toBe('postgres:18');
    expect(database.healthcheck!.test).toContain('pg_isready');
    expect(service).toMatchObject({ build: '.', read_only: true });
    expect(service.depends_on).toEqual({ database: { condition: 'service_healthy' } });
  });

  it('holds no secret and goes without none', () => {
    const secret = /^\$\{[A-Z_]+:\?is not set\}$/;
    const { SESSION_SECRET, SECRETS_KEYS, DATABASE_URL } = service.environment;
    const password = new URL(DATABASE_URL!.replace(/\$\{(.*?):\?is not set\}/, '$1')).password;
    for (const value of [SESSION_SECRET, SECRETS_KEYS, database.environment.POSTGRES_PASSWORD]) {
      expect(value).toMatch(secret);
    }
    expect(password).toBe('POSTGRES_PASSWORD');
  });
});
