import { Command, CommanderError, InvalidArgumentError, type Option } from 'commander';
import { toOperatorMessage } from '../core/database-errors.js';
import { ValidationFailed } from '../core/errors.js';
import { newId } from '../core/ids.js';
import type { CommandIo } from './command-io.js';
import { readSettings } from '../config/settings.js';
import type { CommandName, CommandOptions } from './operations.js';
import { readPipedPassword, readPassword } from './password-input.js';

/**
 * Runs one command: its result goes to stdout, as nothing but JSON with `--json`; an error is one line on stderr.
 * @param argv without node and the script
 * @returns the exit code
 */
export async function runCommand(argv: string[], io: CommandIo = process): Promise<number> {
  let exitCode = 0;
  const run: OperationRunner = async (name, options) => {
    exitCode = await runOperation(name, options, io);
  };
  const program = createProgram(run, (text) => void io.stdout.write(text));
  try {
    if (argv.length === 0) throw new Error('name a command; see --help');
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander throws after --help too, with exit code 0.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    printError(error, io);
    return 1;
  }
}

const confirmCentsHelp = 'repeats the amount, to confirm one over $100,000, or ten times the largest so far';

/** Those that make the database where there is none; the others would answer about an empty one. */
const firstCommands: readonly CommandName[] = ['partner:create', 'staff:create', 'accounts:import'];

type OperationRunner = (name: CommandName, options: CommandOptions) => Promise<void>;

/** Declares every command with its flags. The application is loaded only after they are checked. */
function createProgram(run: OperationRunner, writeOut: (text: string) => void): Command {
  const program = new Command('cli')
    .description("The operator's commands. They work beside a running service on the same database, or alone.")
    .configureOutput({ writeOut, writeErr: () => undefined, outputError: () => undefined })
    .showSuggestionAfterError(false)
    .exitOverride();
  const command = (name: CommandName, description: string) =>
    program
      .command(name)
      .description(description)
      .option('--json', 'the answer as JSON')
      .action((options: CommandOptions) => run(name, options));

  command('partner:create', 'a partner with projects, money in its wallet and a key')
    .requiredOption('--name <name>', 'the partner’s name')
    .requiredOption('--project <name>', 'a project; may be given several times', collectValues)
    .option('--project-id <id>', 'the id of the first project, prj_<uuid>')
    .requiredOption('--wallet-cents <cents>', 'the opening balance of the wallet', parseWholeNumber)
    .option('--confirm-cents <cents>', confirmCentsHelp, parseWholeNumber)
    .option('--tier <tier>', "the key's rate limits: standard, pilot, partner or internal")
    .option('--price-cents <cents>', "the partner's own monthly price of an account", parseWholeNumber);
  command('key:create', 'another key for a partner, shown once')
    .requiredOption('--organization <id>')
    .option('--name <name>')
    .option('--scopes <scopes>', 'separated by commas: leased:write, keys:write or *', splitList)
    .option('--tier <tier>', 'standard, pilot, partner or internal')
    .option('--env <env>', 'live');
  command('key:rotate', 'another secret for a key, shown once; its id stays')
    .requiredOption('--key <id>')
    .option(
      '--grace-seconds <seconds>',
      'how long the secret before works too; not at all without it',
      parseWholeNumber,
    );
  command('key:kill', 'switches a key off').requiredOption('--key <id>');
  command('key:resume', 'switches a killed key on again').requiredOption('--key <id>');
  command('key:revoke', 'ends a key for good').requiredOption('--key <id>');
  command('organization:suspend', "stops a partner's calls and new assignments").requiredOption('--organization <id>');
  command('organization:resume', 'resumes a suspended partner').requiredOption('--organization <id>');
  command('wallet:top-up', 'books money that a partner paid in; the same reference again books nothing')
    .requiredOption('--organization <id>')
    .requiredOption('--cents <cents>', 'the amount', parseWholeNumber)
    .option('--confirm-cents <cents>', confirmCentsHelp, parseWholeNumber)
    .requiredOption('--reference <text>', 'the reference of the payment, for example an invoice number');
  command('wallet:show', 'what a wallet holds and covers').requiredOption('--organization <id>');
  command('accounts:import', 'imports accounts into the pool; known handles are updated')
    .requiredOption(
      '--file <file>',
      'CSV with the header handle,followers,vertical,language,geo,status, or an exported pool',
    )
    .option('--rejected <file>', 'where to write the rejected lines, to fix and import again');
  command('staff:create', 'a staff member; the password is generated, unless one is piped in')
    .requiredOption('--email <email>')
    .requiredOption('--role <role>', 'viewer, operator, finance or admin')
    .option('--name <name>');
  command('staff:set-password', 'a new password for a staff member, read from stdin').requiredOption('--email <email>');
  command('staff:reset-second-factor', 'removes a lost second factor; the person sets up a new one').requiredOption(
    '--email <email>',
  );
  command(
    'secrets:rekey',
    'encrypts every stored secret under the first of SECRETS_KEYS, beside a running service; the others can then be removed',
  );
  command('renewals:run', 'renews what is due, and waits until it is done')
    .option(
      '--now <time>',
      'as if it were that time, for example 2027-03-01T00:00:00Z; outside the demo only with --dry-run',
    )
    .option('--dry-run', 'only shows what a run would do');
  command('clock:set', "moves the demo's clock forward, for every process").requiredOption(
    '--to <time>',
    'a time in the future, for example 2027-03-01T00:00:00Z',
  );
  command(
    'webhooks:replay',
    'sends the events of a time to a webhook endpoint again; they leave with a running service',
  )
    .requiredOption('--endpoint <id>', 'whe_…')
    .requiredOption('--since <time>', 'scheduled from this time on, 2027-03-01T00:00:00Z')
    .requiredOption('--until <time>', 'until this time, inclusive');
  command('money:freeze', 'stops assigns, renewals and refunds in every process').requiredOption(
    '--reason <text>',
    'why; staff read it in the panel',
  );
  command('money:thaw', 'ends the freeze');
  command('ledger:verify', 'verifies the books; exit code 1 and a line for each error');
  command('ledger:checklist', 'what to check before a month is closed').requiredOption(
    '--month <month>',
    'like 2027-01',
  );
  command(
    'ledger:close',
    'closes a month, from an hour after its end, and writes its files; repeating it writes the same files',
  )
    .requiredOption('--month <month>', 'like 2027-01')
    .option('--allow-earlier-open', 'closes it although an earlier month is open')
    .requiredOption('--out <folder>', 'the folder for its CSV files');
  for (const option of program.commands.flatMap(({ options }) => options)) {
    if (!option.isBoolean() && option.parseArg !== collectValues) option.argParser(allowOnce(option.parseArg));
  }
  return program;
}

async function runOperation(name: CommandName, options: CommandOptions, io: CommandIo): Promise<number> {
  const settings = readSettings(io.env, 'optional');
  const { findMissingDatabase } = await import('../database/open-database.js');
  const missing = firstCommands.includes(name) ? null : findMissingDatabase(settings);
  if (missing) throw new Error(`${missing}: start the service first, or set DATABASE_URL or DATA_DIR.`);
  const password = name === 'staff:set-password' ? await readPassword(io) : undefined;
  const pipedPassword = name === 'staff:create' ? readPipedPassword(io.stdin) : undefined;
  const { withServices } = await import('./operator-session.js');
  const { operations } = await import('./operations.js');
  const caller = { kind: 'system' as const, name: `cli ${name}`, callId: newId('req') };
  const print = (line: string) => void io.stderr.write(`${line}\n`);
  // Only on a terminal: a program that reads stderr gets the line of an error alone.
  const printProgress = (line: string) => (io.stderr.isTTY ? print(line) : undefined);
  const outcome = await withServices(settings, printProgress, async (services) =>
    operations[name]({
      services,
      caller,
      options: { ...options, password: password ?? (await pipedPassword) },
      printLine: options.json ? printProgress : print,
    }),
  );
  io.stdout.write(`${options.json ? JSON.stringify(outcome.json) : outcome.text}\n`);
  if (outcome.error) printError(new Error(outcome.error), io);
  return outcome.error ? 1 : 0;
}

/** One line; with the stack at LOG_LEVEL=debug. */
function printError(error: unknown, { env, stderr }: CommandIo): void {
  stderr.write(`error: ${toMessage(error).replace(/^error: /, '')}${getHint(error)}\n`);
  if (['debug', 'trace'].includes(env.LOG_LEVEL ?? '')) stderr.write(`${(error as Error).stack}\n`);
}

/** What was typed for the services' fields that are called otherwise. */
const optionsByField: Record<string, string> = {
  amountCents: '--cents',
  apiKeyId: '--key',
  confirmedCents: '--confirm-cents',
  organizationId: '--organization',
  password: 'the password',
  projects: '--project',
};

/** An invalid option is named as it was typed: `--cents must be …`. */
function toMessage(error: unknown): string {
  if (!(error instanceof ValidationFailed)) return toOperatorMessage(error);
  return error.details.fields
    .map(({ path, message }) => `${toOption(path)} ${message.replace(/^each item /, '')}`)
    .join('; ');
}

/** `confirmedCents` → `--confirm-cents`, `priceCents` → `--price-cents`. */
function toOption(path: string): string {
  const [field] = /^\w+/.exec(path) ?? [path];
  return optionsByField[field] ?? `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The flag that an unusual amount needs. */
function getHint(error: unknown): string {
  const { reason, amountCents } = ((error as { details?: object }).details ?? {}) as Record<string, unknown>;
  return reason === 'unusual_amount' ? ` (--confirm-cents ${String(amountCents)})` : '';
}

function parseWholeNumber(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** Refuses a flag that is given twice. */
function allowOnce(read: Option['parseArg']): (text: string, before: unknown) => unknown {
  return (text, before) => {
    if (before !== undefined) throw new InvalidArgumentError('It can be given only once.');
    return read ? read(text, before) : text;
  };
}

function collectValues(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function splitList(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}
