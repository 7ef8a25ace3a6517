import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { startTestApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/calls.js';
import { listDocuments, readBlocks, toPlace, type Block } from '../../support/documents/blocks.js';
import { exceptions, findException, pagePlans, publishedPage } from '../../support/documents/page-plans.js';
import { Reader, toJavaScript } from '../../support/documents/reader.js';
import { installClients, type InstalledClients } from '../../support/documents/readers.js';
import { aKey, aPartner, type TestPartner } from '../../support/makers.js';
import { aSandbox } from '../../support/sandboxes.js';
import { programEnvironment } from '../../support/program-environment.js';
import { freePort } from '../../support/service-process.js';
import { until } from '../../support/until.js';
import { isPythonSkipped, PYTHON } from '../../support/python.js';

const blocks = listDocuments().flatMap(readBlocks);
const blocksOf = (document: string) => blocks.filter((block) => block.document === document);
const programs = ['sh', 'ts', 'python'];
const quickstart = 'docs/partner/quickstart.md';

let service: TestApp;
let clients: InstalledClients;

beforeAll(async () => {
  service = await startTestApp({ workers: true });
  clients = await installClients(service.baseUrl);
});
afterAll(async () => {
  clients?.remove();
  await service.close();
});

async function newReader(document: string, parent?: string): Promise<{ reader: Reader; sandbox: TestPartner }> {
  const { scopes, startsWithRequest } = pagePlans[document]!;
  const sandbox = await aSandbox(service, await aPartner(service));
  const { apiKey } = scopes
    ? await aKey(service, sandbox.organizationId, { scopes: [...scopes], env: 'test' })
    : sandbox;
  if (startsWithRequest) await ask(sandbox);
  const knowledge = {
    baseUrl: service.baseUrl,
    apiKey,
    projectId: sandbox.projectId,
    ports: [await freePort(), await freePort()] as const,
  };
  const isAnswered = () => until('the sandbox has answered', async () => (await countWaiting(sandbox)) === 0);
  return { reader: new Reader(knowledge, { python: clients.python, parent, isAnswered }), sandbox };
}

async function ask({ projectId, apiKey }: TestPartner): Promise<void> {
  const body = { projectId, count: 1, niche: { vertical: 'coffee' } };
  const path = `/v1/projects/${projectId}/leased-accounts/request`;
  expect(await call(service, 'POST', path, { key: apiKey, body })).toMatchObject({ status: 202 });
}

/** Requests that the sandbox has not looked at yet, or goes on with. */
async function countWaiting({ organizationId }: TestPartner): Promise<number> {
  const [row] = await service.dataSource.query(
    `SELECT count(*)::int AS waiting FROM lease_request WHERE organization_id = $1 AND status = 'requested' AND blocker IS NULL`,
    [organizationId],
  );
  return row.waiting;
}

/** Whether a reader runs it. */
const isTried = ({ document, language }: Block) =>
  (document in pagePlans || document === publishedPage) && programs.includes(language);

/** Visibly left out by SKIP_PYTHON=on. */
const trying = (language: string) => (language.toLowerCase() === 'python' && isPythonSkipped ? it.skip : it);

describe('The quickstart, from an empty folder and as it is printed', () => {
  for (const heading of pagePlans[quickstart]!.headings!) {
    trying(heading)(`gets accounts by ${heading}`, async () => {
      const { reader, sandbox } = await newReader(quickstart);
      try {
        const section = blocksOf(quickstart).filter((block) => block.heading === heading);
        expect(section.length).toBeGreaterThan(2);
        await reader.follow(section);
        expect(reader.refusedCalls).toEqual([]);
        const { body } = await call(service, 'GET', '/v1/leased-accounts', { key: sandbox.apiKey });
        expect(body.items).toHaveLength(2);
        for (const { handle } of body.items) expect(reader.output).toContain(handle);
      } finally {
        await reader.leave();
      }
    });
  }
});

/** Files are saved by who runs commands. */
function isFollowedBy(language: string): (block: Block) => boolean {
  return (block) => {
    if (isPythonSkipped && /^.*python3 |npx layers listen .*:4001/.test(block.text)) return false;
    return block.file ? language === 'sh' : block.language === language;
  };
}

describe('The samples of a page', () => {
  for (const [document, { headings, prints = [] }] of Object.entries(pagePlans)) {
    for (const language of headings ? [] : programs) {
      const followed = blocksOf(document).filter(isFollowedBy(language));
      if (followed.length === 0) continue;
      trying(language)(`${document}, in ${language}, do what the page says`, async () => {
        const { reader } = await newReader(document, clients.folder);
        try {
          await reader.follow(followed);
          for (const { text, takesPython } of prints.filter((one) => one.language === language)) {
            if (takesPython && isPythonSkipped) continue;
            await until(`it prints ${text}`, () => text.test(reader.output), 20_000);
          }
          expect(reader.refusedCalls).toEqual([]);
        } finally {
          await reader.leave();
        }
      });
    }
  }
});

describe('Every block of the documents', () => {
  it('is run, or is an exception with a reason', () => {
    // JSON and YAML are parsed below, SQL runs in `statements.spec.ts`.
    const isData = ({ language }: Block) => ['json', 'yaml', 'sql'].includes(language);
    const untried = blocks.filter((block) => !isTried(block) && !isData(block) && !findException(block));
    expect(untried.map(toPlace)).toEqual([]);
    const isUsed = ({ document, file }: Block) =>
      blocksOf(document).some((one) => !one.file && one.text.includes(file!));
    expect(blocks.filter((block) => block.file && !isUsed(block)).map(toPlace)).toEqual([]);
  });

  it('of the quickstart stands under the heading of a language', () => {
    const { headings } = pagePlans[quickstart]!;
    const others = blocksOf(quickstart).filter(({ heading }) => !headings!.includes(heading));
    expect(others.map(toPlace)).toEqual([]);
  });

  it('that is an exception is there, and nothing else runs it', () => {
    const matched = blocks.map(findException).filter((one) => one !== undefined);
    expect(matched).toEqual(exceptions);
    expect(exceptions.filter(({ document }) => document in pagePlans)).toEqual([]);
  });

  const others = blocks.filter((block) => !isTried(block));
  it.each(others.map((block) => [toPlace(block), block] as const))(
    '%s, which no reader runs, is well-formed',
    (_place, block) => {
      expect(() => checkSyntax(block)).not.toThrow();
    },
  );

  it('in JSON, for partners, has fields that the reference has', async () => {
    const known = new Set(listKeys((await call(service, 'GET', '/docs/openapi.json')).body));
    const answers = blocks.filter(
      ({ document, language }) => language === 'json' && document.startsWith('docs/partner/'),
    );
    expect(answers.length).toBeGreaterThan(3);
    for (const block of answers) {
      const unknown = listKeys(JSON.parse(block.text)).filter((key) => !known.has(key));
      expect([toPlace(block), unknown]).toEqual([toPlace(block), []]);
    }
  });

  it('in TypeScript passes the compiler’s strict checks', () => {
    const folder = fs.mkdtempSync(path.join(clients.folder, 'types-'));
    for (const document of [...Object.keys(pagePlans), publishedPage]) {
      const code = blocksOf(document).filter(({ language }) => language === 'ts');
      const name = document.replaceAll(/\W/g, '-');
      const page = code.filter(({ file }) => !file).map(({ text }) => text);
      // What a page leaves out at its beginning makes it a module.
      fs.writeFileSync(path.join(folder, `${name}.ts`), `${page.join('')}\nexport {};\n`);
      for (const { file, text } of code) if (file) fs.writeFileSync(path.join(folder, `${name}-${file}.ts`), text);
    }
    const options = { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, types: ['node'] };
    // What others declare; the client's declarations are checked where its package is.
    const unchecked = { skipLibCheck: true };
    const typeRoots = [path.resolve('node_modules/@types')];
    const config = { compilerOptions: { ...options, ...unchecked, typeRoots }, include: ['*.ts'] };
    fs.writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
    fs.writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder], {
      encoding: 'utf8',
      env: programEnvironment,
    });
    expect(compiled.stdout).toBe('');
    expect(compiled.status).toBe(0);
  });
});

/** The names of all members, at every depth. */
function listKeys(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(listKeys)];
}

/** @throws Error where a program or a parser of its language does not take it */
function checkSyntax(block: Block): void {
  const { language, text } = block;
  if (language === 'json') return void JSON.parse(text);
  if (language === 'yaml') return void parse(text);
  if (language === 'ts') return void toJavaScript(text);
  if (language === 'sql') return;
  if (language === 'sh') return check('sh', ['-n'], text);
  if (language === 'python' && isPythonSkipped) return;
  if (language === 'python') return check(PYTHON, ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], text);
  if (!findException(block)) throw new Error(`Nothing here reads ${language || 'a block without a language'}.`);
}

function check(command: string, args: string[], input: string): void {
  const { status, stderr } = spawnSync(command, args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
