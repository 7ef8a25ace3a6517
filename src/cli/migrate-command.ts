import { readSettings, type Settings } from '../config/settings.js';
import { toOperatorMessage } from '../core/database-errors.js';
import type { DatabaseSettings } from '../database/options.js';
import { listMigrations, migrate, revertLastMigration } from '../database/migrate.js';
import { findMissingDatabase, openDatabase } from '../database/open-database.js';
import type { CommandIo } from './command-io.js';

type Command = (settings: DatabaseSettings, print: (line: string) => void) => Promise<void>;

const commands: Record<string, Command> = {
  up: async (settings, print) => {
    const names = await migrate(settings, print);
    for (const name of names) print(`done ${name}`);
    if (names.length === 0) print('There is nothing to migrate.');
  },
  down: async (settings, print) => {
    const name = await revertLastMigration(settings, print);
    print(name === null ? 'There is nothing to revert.' : `reverted ${name}`);
  },
  status: async (settings, print) => {
    for (const { name, status } of await listMigrations(settings)) print(`${status.padEnd(8)}${name}`);
  },
};

/**
 * Migrates the database, reverts its last migration or lists all of them, without the service.
 * @param argv `up`, `down` or `status`
 * @returns the exit code; an error is one line on stderr
 */
export async function runMigrateCommand(argv: string[], io: CommandIo = process): Promise<number> {
  try {
    const [name = '', ...others] = argv;
    if (['--help', '-h', 'help'].includes(name)) {
      io.stdout.write(`${help}\n`);
      return 0;
    }
    const command = Object.hasOwn(commands, name) && others.length === 0 ? commands[name]! : null;
    if (!command) throw new Error(`${toMistake(argv)}; see --help`);
    const settings = readSettings(io.env, 'optional');
    const print = (line: string) => void io.stdout.write(`${line}\n`);
    const missing = name === 'up' ? null : findMissingDatabase(settings);
    if (missing) print(`${missing}: migrate up or a start makes it.`);
    else await runOn(settings, print, command);
    return 0;
  } catch (error) {
    io.stderr.write(`error: ${toOperatorMessage(error)}\n`);
    return 1;
  }
}

const help = `Usage: migrate <command>

Commands:
  up      runs what the database lacks
  down    reverts the last migration
  status  lists all of them`;

function toMistake([name, ...others]: string[]): string {
  const choice = `name one of ${Object.keys(commands).join(', ')}`;
  if (name === undefined) return choice;
  return Object.hasOwn(commands, name)
    ? `${name} takes no ${others[0]!}: ${choice}`
    : `unknown command '${name}': ${choice}`;
}

async function runOn(settings: Settings, print: (line: string) => void, command: Command): Promise<void> {
  const database = await openDatabase(settings, () => undefined);
  try {
    await command({ ...settings, databaseUrl: database.url }, print);
  } finally {
    await database.leave();
  }
}
