// npm run bench:renewals -- --leases 100000 --partners 200      one run over leases that all fall due, beside plain SQL that does the same updates
import { parseArgs } from 'node:util';
import { startServer } from './databases.mjs';
import { measureRenewals } from './renewals.mjs';

const { values } = parseArgs({
  options: { leases: { type: 'string', default: '100000' }, partners: { type: 'string', default: '200' } },
});
const server = await startServer();
const sizes = { leases: Number(values.leases), partners: Number(values.partners) };
const { product, plainSql, ratio } = await measureRenewals(server, sizes, console.log);
console.log(`the renewals: ${Math.round(product)} a second, and the books are correct`);
console.log(`plain SQL, all in one statement: ${Math.round(plainSql)} a second`);
console.log(`the renewals run at ${ratio.toFixed(2)} of plain SQL`);
await server.leave();
