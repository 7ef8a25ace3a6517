import 'reflect-metadata';
import { runCommand } from './cli/program.js';

process.env.NODE_ENV ??= 'production';
// A reader such as `head` may close the pipe early: that is no error.
process.stdout.on('error', () => process.exit(0));

const exitCode = await runCommand(process.argv.slice(2));
process.stdout.write('', () => process.exit(exitCode));
