// npm run bench:fill -- --scale 1        fills the database of DATABASE_URL, which must be migrated and empty
import { parseArgs } from 'node:util';
import { fill } from './fill.mjs';

const { values } = parseArgs({ options: { scale: { type: 'string', default: '1' } } });
const scale = Number(values.scale);
if (!process.env.DATABASE_URL || !(scale >= 0.001 && scale <= 1)) {
  console.error('DATABASE_URL=postgres://… npm run bench:fill -- --scale 1     (0.001 to 1)');
  process.exit(1);
}
await fill(process.env.DATABASE_URL, scale).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
