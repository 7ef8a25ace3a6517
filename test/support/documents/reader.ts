import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { transformSync } from '@swc/core';
import { PYTHON } from '../python.js';
import { until } from '../until.js';
import { toPlace, type Block } from './blocks.js';

export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** What a reader knows before the first line of a page. */
export interface Knowledge {
  baseUrl: string;
  apiKey: string;
  projectId: string;
  /** Ports of the reader's machine, for 4000 and 4001. */
  ports?: readonly [number, number];
}

/** Marks a call that was refused, also inside a pipe. */
const PRELUDE = `
set -eua
[ ! -f "$READER/env" ] || . "$READER/env"
cd "$READER/folder"
curl() { command curl --fail-with-body "$@" || echo "curl $*" >> "$READER/refused"; }
`;
/** What a block sets is there for the next one. */
const EPILOGUE = '\nexport -p > "$READER/env"\n';

/**
 * Does what a page says, in the order of its blocks, as somebody with a folder of their own and what the page asks for.
 * Code without a file name is one program, which runs after the shell's blocks.
 */
export class Reader {
  /** Everything that was printed, which is where a reader finds ids and times. */
  output = '';
  /** Calls by curl that were answered with an error. */
  refusedCalls: string[] = [];
  private readonly home: string;
  private readonly running: ChildProcess[] = [];

  /**
   * @param tools `parent` of the reader's folder: what is installed there is found, as in every folder above; `isAnswered`
   * waits for what takes the server seconds, as a reader does from block to block
   */
  constructor(
    private readonly knowledge: Knowledge,
    private readonly tools: { python: string; parent?: string | undefined; isAnswered?: () => Promise<void> },
  ) {
    this.home = fs.mkdtempSync(path.join(tools.parent ?? os.tmpdir(), 'reader-'));
    fs.mkdirSync(this.folder);
    // A page says python3, whatever it is called here, and has the client where it is installed.
    fs.mkdirSync(this.bin);
    const python = tools.parent ? tools.python : PYTHON;
    const script = `#!/bin/sh\nPATH='${process.env.PATH}' exec ${python} "$@"\n`;
    fs.writeFileSync(path.join(this.bin, 'python3'), script, { mode: 0o755 });
  }

  private get bin(): string {
    return path.join(this.home, 'bin');
  }

  get folder(): string {
    return path.join(this.home, 'folder');
  }

  async follow(blocks: Block[]): Promise<void> {
    const programs = new Map<string, string>();
    for (const block of blocks) {
      const text = this.fillIn(block);
      if (block.file) fs.writeFileSync(path.join(this.folder, block.file), text);
      else if (block.language === 'sh') {
        await this.runShell(block, text);
        await this.tools.isAnswered?.();
      } else programs.set(block.language, (programs.get(block.language) ?? '') + text);
    }
    for (const [language, text] of programs) {
      succeed(`the ${language} code of ${blocks[0]!.document}`, await this.runProgram(language, text));
    }
  }

  /** The program that the blocks of one language are, without the types of TypeScript. */
  async runProgram(language: string, text: string): Promise<Outcome> {
    const isPython = language === 'python';
    const file = path.join(this.folder, isPython ? 'page.py' : 'page.mjs');
    fs.writeFileSync(file, isPython ? text : toJavaScript(text));
    const outcome = await run(isPython ? this.tools.python : process.execPath, [file], this.options);
    this.output += outcome.stdout;
    return outcome;
  }

  /** What stands for something that the reader has: host, key, project, an id or a member of an answer further up. */
  fillIn(block: Block): string {
    const { baseUrl, apiKey, projectId, ports = [4000, 4001] } = this.knowledge;
    const text = block.text
      .replaceAll(/https:\/\/api\.(?:example|layers\.com)/g, baseUrl)
      .replaceAll(/lp_(?:test|live)?_?(?:…|\.\.\.)/g, apiKey)
      .replaceAll('prj_…', this.findId('prj') ?? projectId)
      .replaceAll(/\b400[01]\b/g, (port) => String(ports[port === '4000' ? 0 : 1]))
      .replaceAll(/\b([a-z]{2,4})_…/g, (placeholder, prefix: string) => this.findId(prefix) ?? placeholder)
      .replaceAll(/<(\w+)>/g, (placeholder, member: string) => this.findMember(member) ?? placeholder);
    if (/…/.test(text)) throw new Error(`${toPlace(block)} leaves something out that no answer above it has:\n${text}`);
    return text;
  }

  /** Ends what runs on and removes the folder. */
  async leave(): Promise<void> {
    for (const child of this.running) if (child.exitCode === null) process.kill(-child.pid!, 'SIGTERM');
    await Promise.all(this.running.map((child) => until('it ends', () => child.exitCode ?? child.signalCode)));
    fs.rmSync(this.home, { recursive: true, force: true });
  }

  private findId(prefix: string): string | undefined {
    return this.output.match(new RegExp(`\\b${prefix}_[0-9a-zA-Z-]+`, 'g'))?.at(-1);
  }

  private findMember(name: string): string | undefined {
    return [...this.output.matchAll(new RegExp(`"${name}":"([^"]+)"`, 'g'))].at(-1)?.[1];
  }

  private get options() {
    const { baseUrl, apiKey, projectId } = this.knowledge;
    const env: NodeJS.ProcessEnv = {
      PATH: [this.bin, path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
      HOME: this.home,
      READER: this.home,
      LANG: 'C.UTF-8',
      LAYERS_BASE_URL: baseUrl,
      LAYERS_API_KEY: apiKey,
      LAYERS_PROJECT_ID: projectId,
      // Nothing is asked of a registry.
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
    };
    return { env, cwd: this.folder };
  }

  private async runShell(block: Block, text: string): Promise<void> {
    if (block.staysRunning) return this.begin(block, text);
    const outcome = await run('sh', ['-c', `${PRELUDE}${text}${EPILOGUE}`], this.options);
    this.output += outcome.stdout;
    succeed(toPlace(block), outcome);
    const refused = path.join(this.home, 'refused');
    this.refusedCalls = fs.existsSync(refused) ? fs.readFileSync(refused, 'utf8').trim().split('\n') : [];
  }

  /** Begins it in a process group of its own, and waits for its first word. */
  private async begin(block: Block, text: string): Promise<void> {
    const child = spawn('sh', ['-c', `${PRELUDE}${text}`], { ...this.options, detached: true });
    this.running.push(child);
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      this.output += chunk;
    });
    child.stderr.on('data', (chunk) => (said += chunk));
    await until(`${toPlace(block)} says something`, () => said !== '' || child.exitCode !== null);
    if (child.exitCode !== null) throw new Error(`${toPlace(block)} ended at once: ${said}`);
  }
}

export function toJavaScript(text: string): string {
  const { code } = transformSync(text, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  });
  return code;
}

/** @throws Error with what it printed */
export function succeed(what: string, { status, stdout, stderr }: Outcome): void {
  if (status !== 0) throw new Error(`${what} ended with ${status}:\n${stdout}\n${stderr}`);
}

/** Below the time-out of a test, so that nothing is left running. */
const LONGEST_RUN_MS = 100_000;

/** Runs it beside the service of this process. */
export function run(
  command: string,
  args: string[],
  options: { env: NodeJS.ProcessEnv; cwd: string },
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST_RUN_MS });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}
