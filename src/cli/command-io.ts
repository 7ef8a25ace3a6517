/** The environment and the streams of a command: those of the process, unless a test gives its own. */
export type CommandIo = Pick<NodeJS.Process, 'env' | 'stdin' | 'stdout' | 'stderr'>;
