// node check-types.mjs <typescript> "<options and files of tsc>"…      checks as `tsc` does, run by run; the compiler reads its own libraries once
import { createRequire } from 'node:module';

const [compiler, ...runs] = process.argv.slice(2);
const ts = createRequire(import.meta.url)(compiler);
const libraries = new Map();

for (const run of runs) {
  const { options, fileNames, errors } = ts.parseCommandLine(run.split(' '));
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram(fileNames, options, { ...host, getSourceFile: readOnce(host.getSourceFile) });
  process.stdout.write(ts.formatDiagnostics([...errors, ...ts.getPreEmitDiagnostics(program)], host));
}

function readOnce(read) {
  return (name, ...rest) => {
    if (!/\/lib\.[^/]*d\.ts$/.test(name)) return read(name, ...rest);
    if (!libraries.has(name)) libraries.set(name, read(name, ...rest));
    return libraries.get(name);
  };
}
