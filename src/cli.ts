import 'reflect-metadata';
import { runCommand } from './cli/program.js';

process.env.NODE_ENV ||= 'production';
// A reader that has seen enough closes the pipe: that is no fault of ours.
process.stdout.on('error', () => process.exit(0));

const exitCode = await runCommand(process.argv.slice(2));
process.stdout.write('', () => process.exit(exitCode));
