// npm run bench:webhooks -- --events 5000 --endpoints 50      deliveries a second to a receiver, beside the bare SQL of an outbox in the same run
import { parseArgs } from 'node:util';
import { startServer } from './databases.mjs';
import { measureWebhooks } from './webhooks.mjs';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '5000' },
    endpoints: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '3' },
  },
});
const [events, endpoints, rounds] = [values.events, values.endpoints, values.rounds].map(Number);
const server = await startServer();
const { product, plainSql, ratio, closeMs } = await measureWebhooks(server, { events, endpoints, rounds });
console.log(`deliveries to ${endpoints} endpoints: ${Math.round(product)} a second`);
console.log(`the bare SQL of an outbox, which sends nothing: ${Math.round(plainSql)} a second`);
console.log(`the deliveries run at ${ratio.toFixed(2)} of bare SQL`);
console.log(`from a close to its receiver, beside an endpoint that hangs: ${Math.round(closeMs)} ms`);
await server.leave();
