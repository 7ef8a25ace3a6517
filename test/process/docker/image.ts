import { execFile, spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Copy, DockerfileParser, Env, From, type Instruction } from 'dockerfile-ast';

/** One stage of the Dockerfile: everything from its FROM to the next. */
export interface Stage {
  name: string | null;
  image: string;
  instructions: Instruction[];
}

/** What a container of the image runs, and with which variables. */
export interface Container {
  /** The image's working folder. */
  folder: string;
  command: string[];
  env: Record<string, string>;
  user: string | null;
  healthcheck: string[];
}

/** Somebody without rights, as a container's user is to our files. */
const nobody = { uid: 65_534, gid: 65_534 };

export function readStages(): Stage[] {
  const stages: Stage[] = [];
  for (const instruction of DockerfileParser.parse(fs.readFileSync('Dockerfile', 'utf8')).getInstructions()) {
    if (instruction instanceof From) {
      stages.push({ name: instruction.getBuildStage(), image: instruction.getImage()!, instructions: [] });
    } else stages.at(-1)!.instructions.push(instruction);
  }
  return stages;
}

/** The files and folders that a COPY names; `from` is a stage, or null for the project. */
export function readCopy(copy: Copy): { from: string | null; sources: string[]; target: string } {
  const words = copy.getArguments().map((word) => word.getValue());
  return { from: copy.getFromFlag()?.getValue() ?? null, sources: words.slice(0, -1), target: words.at(-1)! };
}

export function readContainer({ instructions }: Stage, folder: string): Container {
  const properties = instructions.flatMap((one) => (one instanceof Env ? one.getProperties() : []));
  return {
    folder,
    command: readJson(instructions, 'CMD'),
    env: Object.fromEntries(properties.map((property) => [property.getName(), property.getValue()!])),
    user: instructions.findLast((one) => one.getKeyword() === 'USER')?.getArgumentsContent() ?? null,
    healthcheck: readJson(instructions, 'HEALTHCHECK'),
  };
}

/** The words of the last instruction of this kind, in exec form: without a shell between. */
function readJson(instructions: Instruction[], keyword: string): string[] {
  const content = instructions.findLast((one) => one.getKeyword() === keyword)?.getArgumentsContent() ?? '';
  const [, words] = /^(?:.*CMD\s+)?(\[.*\])$/s.exec(content) ?? [];
  if (!words) throw new Error(`${keyword} is not in exec form: ${content}`);
  return JSON.parse(words) as string[];
}

/**
 * Does on this machine what an image build does, a folder for each stage.
 * @returns the folder of the last stage
 */
export async function build(stages: Stage[], home: string): Promise<string> {
  const folders = new Map<string | null, string>([[null, path.resolve('.')]]);
  let folder = '';
  for (const [index, { name, instructions }] of stages.entries()) {
    folder = path.join(home, name ?? `stage-${index}`);
    fs.mkdirSync(folder, { recursive: true });
    folders.set(name, folder);
    for (const instruction of instructions) {
      if (instruction instanceof Copy) copyFiles(instruction, folders, folder);
      if (instruction.getKeyword() === 'RUN') await run(instruction.getArgumentsContent()!, folder);
    }
  }
  return folder;
}

function copyFiles(copy: Copy, folders: Map<string | null, string>, folder: string): void {
  const { from, sources, target } = readCopy(copy);
  for (const source of sources) {
    const file = path.join(folders.get(from)!, source.replace('/app/', ''));
    const into = target.endsWith('/') ? path.join(folder, target, path.basename(source)) : path.join(folder, target);
    fs.cpSync(file, into, { recursive: true, verbatimSymlinks: true });
  }
}

async function run(command: string, folder: string): Promise<void> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  await promisify(execFile)('/bin/sh', ['-c', command], { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
}

/** A folder outside of the project, whose parents may be closed to others. */
export function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lease-console-image-'));
  fs.chmodSync(folder, 0o755);
  return folder;
}

/**
 * Takes the right to write in this folder from the user that will run the service there.
 * @returns that user, where we are root: nobody; null where nobody can read our Node or modules and root has to run it
 */
export function makeReadOnly(folder: string): { uid?: number; gid?: number } | null {
  if (process.getuid?.() !== 0) {
    spawnSync('chmod', ['-R', 'a-w', folder]);
    return {};
  }
  const imported = spawnSync(process.execPath, ['-e', 'require("express")'], { cwd: folder, ...nobody, env: {} });
  return imported.status === 0 ? nobody : null;
}

export function removeFolder(folder: string): void {
  spawnSync('chmod', ['-R', 'u+w', folder]);
  spawnSync('rm', ['-rf', folder]);
}

/** The service as a container of the image runs it, over a database of ours. */
export class RunningContainer {
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  output = '';
  private readonly child: ChildProcess;
  private readonly options: SpawnOptions & { env: Record<string, string> };

  constructor(
    private readonly container: Container,
    settings: Record<string, string>,
    user: { uid?: number; gid?: number },
  ) {
    const { folder, command, env } = container;
    // What it would write beside its folder fails too.
    const nowhere = { PATH: `${path.dirname(process.execPath)}:/usr/bin:/bin`, HOME: folder, TMPDIR: folder };
    this.options = { ...user, cwd: folder, env: { ...env, ...nowhere, ...settings } };
    this.child = spawn(command[0]!, command.slice(1), { ...this.options, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const output of [this.child.stdout!, this.child.stderr!]) output.on('data', (text) => (this.output += text));
    this.ended = new Promise((resolve) => this.child.once('close', (code, signal) => resolve({ code, signal })));
  }

  get origin(): string {
    return `http://127.0.0.1:${this.options.env.PORT}`;
  }

  /** The exit code of a command inside. */
  run([program, ...words]: string[]): number | null {
    return spawnSync(program!, words, { ...this.options, stdio: 'ignore' }).status;
  }

  isHealthy(): boolean {
    return this.run(this.container.healthcheck) === 0;
  }

  stop() {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}
