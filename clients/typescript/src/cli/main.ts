#!/usr/bin/env node
import { runCommand } from './command.js';

// Whoever reads this may stop reading, as `head` does: a command that does something finishes it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCommand(process.argv.slice(2));
