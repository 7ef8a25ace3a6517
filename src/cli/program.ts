import { Command, CommanderError, InvalidArgumentError, type Option } from 'commander';
import { toCliName } from '../authorization/actor.js';
import { toOperatorMessage } from '../core/database-errors.js';
import { NotFound, ValidationFailed } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { toShownName } from '../core/validation.js';
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
  const command = program.commands.find((one) => one.name() === argv[0]) ?? program;
  try {
    if (argv.length === 0) throw new Error('name a command; see --help');
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander throws after --help too, with exit code 0.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    printError(error, io, getUsage(error, command));
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
    .hook('preAction', (_program, command) => assertRequired(command))
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
    .requiredOption('--wallet-cents <cents>', 'the opening balance of the wallet', parseCents)
    .option('--confirm-cents <cents>', confirmCentsHelp, parseCents)
    .option('--tier <tier>', "the key's rate limits: standard, pilot, partner or internal")
    .option('--price-cents <cents>', "the partner's own monthly price of an account", parseCents);
  command(
    'sandbox:create',
    'the sandbox of a partner, with play money and a test key; one for each partner',
  ).requiredOption('--organization <id>');
  command('key:create', 'another key for a partner, shown once')
    .requiredOption('--organization <id>')
    .option('--name <name>')
    .option('--scopes <scopes>', 'separated by commas: leased:write, keys:write or *', splitList)
    .option('--tier <tier>', 'standard, pilot, partner or internal')
    .option('--env <env>', 'live, or test for a sandbox: the only one that its organization has');
  command('key:rotate', 'another secret for a key, shown once; its id stays')
    .requiredOption('--key <id>')
    .option('--grace-seconds <seconds>', 'how long the secret before works too; not at all without it', parseSeconds);
  command('key:kill', 'switches a key off').requiredOption('--key <id>');
  command('key:resume', 'switches a killed key on again').requiredOption('--key <id>');
  command('key:revoke', 'ends a key for good').requiredOption('--key <id>');
  command('organization:suspend', "stops a partner's calls and new assignments").requiredOption('--organization <id>');
  command('organization:resume', 'resumes a suspended partner').requiredOption('--organization <id>');
  command('wallet:top-up', 'books money that a partner paid in; the same reference again books nothing')
    .requiredOption('--organization <id>')
    .requiredOption('--cents <cents>', 'the amount', parseCents)
    .option('--confirm-cents <cents>', confirmCentsHelp, parseCents)
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
    if (option.mandatory) required.add(option.makeOptionMandatory(false));
  }
  return program;
}

/** Not by Commander, which would name a missing option instead of the one that was mistyped, and only the first. */
const required = new WeakSet<Option>();

function assertRequired(command: Command): void {
  const missing = command.options.filter(
    (option) => required.has(option) && command.getOptionValue(option.attributeName()) === undefined,
  );
  if (missing.length === 0) return;
  const names = missing.map(({ flags }) => `'${flags}'`).join(', ');
  command.error(`required ${missing.length === 1 ? 'option' : 'options'} ${names} not specified`);
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
  const caller = { kind: 'system' as const, name: toCliName(name), callId: newId('req') };
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
  ).catch((error: unknown) => {
    throw explainNotFound(error, options);
  });
  io.stdout.write(`${options.json ? JSON.stringify(outcome.json) : outcome.text}\n`);
  if (outcome.error) printError(new Error(outcome.error), io);
  return outcome.error ? 1 : 0;
}

/** One line; with the stack at LOG_LEVEL=debug. */
function printError(error: unknown, { env, stderr }: CommandIo, usage = ''): void {
  stderr.write(`error: ${toMessage(error).replace(/^error: /, '')}${getHint(error)}${usage}\n`);
  if (['debug', 'trace'].includes(env.LOG_LEVEL ?? '')) stderr.write(`${(error as Error).stack}\n`);
}

/** Of a command that was typed wrongly: what it needs, and where the rest stands. */
function getUsage(error: unknown, command: Command): string {
  const see = command.parent ? `${command.name()} --help` : '--help';
  if (error instanceof ValidationFailed) return `; see ${see}`;
  if (!(error instanceof CommanderError)) return '';
  if (!command.parent) return `; see ${see}`;
  const needed = command.options.filter((option) => required.has(option)).map(({ flags }) => flags);
  return `; usage: ${[command.name(), ...needed, '[options]'].join(' ')}; see ${see}`;
}

/** The ids that options take, and where they are found. */
const idHelp = {
  organization: 'takes the id of a partner, org_…, as its page and partner:create show it',
  key: 'takes the id of a key, key_…, as the list of API keys and key:create show it',
  email: 'takes the email address that a colleague signs in with',
};

/** What was not found is named as it was typed. */
function explainNotFound(error: unknown, options: CommandOptions): unknown {
  if (!(error instanceof NotFound)) return error;
  const name = (Object.keys(idHelp) as (keyof typeof idHelp)[]).find((option) => options[option] !== undefined);
  if (!name) return error;
  const typed = toShownName(options[name]);
  return new Error(`${error.message.replace(/\.$/, '')}: ${typed}; --${name} ${idHelp[name]}`, { cause: error });
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

function parseCents(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number of cents: 15000 is $150.00.');
  return Number(text);
}

function parseSeconds(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number of seconds: 3600 is an hour.');
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
