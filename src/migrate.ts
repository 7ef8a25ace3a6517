import 'reflect-metadata';
import { runMigrateCommand } from './cli/migrate-command.js';

process.env.NODE_ENV ??= 'production';
process.stdout.on('error', () => process.exit(0));

const exitCode = await runMigrateCommand(process.argv.slice(2));
process.stdout.write('', () => process.exit(exitCode));
