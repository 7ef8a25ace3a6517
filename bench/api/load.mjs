// The clients of the bench, in a process of their own: its parent sends it one run at a time.
import { performance } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { quantile } from '../quantile.mjs';
import { cases } from './cases.mjs';

const SHOWN_FAILURES = 3;
/** Autocannon's own end comes never: it would break off the calls that are under way. */
const UNTIL_STOPPED_SECONDS = 86_400;

process.on('disconnect', () => process.exit());
process.on('message', async (run) => process.send(await drive(run)));

/**
 * Calls until the time is over, the stock is used up or so many calls are made, and waits for every answer.
 * @returns how many calls were answered with the right status and body, in how many seconds, and their latencies in milliseconds
 */
async function drive({ caseName, origins, connections, seconds = Infinity, stock, maxCalls = Infinity }) {
  const { toCall, status, isUsedUp, isRight = () => true } = cases[caseName];
  const limit = isUsedUp ? Math.min(stock.length, maxCalls) : maxCalls;
  const latencies = [];
  const failures = [];
  let calls = 0;
  let lastStatus = 0;
  let answeredAt = 0;
  const startedAt = performance.now();
  const running = autocannon({
    url: origins,
    connections: Math.min(connections, limit),
    duration: UNTIL_STOPPED_SECONDS,
    timeout: 30,
    // One call without its right answer ends the run.
    bailout: 1,
    sampleInt: 20,
    requests: [{ setupRequest: (request) => ({ ...request, ...toCall(stock[calls++ % stock.length]) }) }],
    verifyBody: (body) => {
      if (lastStatus === status && isRight(body)) return true;
      failures.push(`${lastStatus} ${body.slice(0, 300)}`);
      return false;
    },
  });
  running.on('response', (client, statusCode, _bytes, latencyMs) => {
    lastStatus = statusCode;
    answeredAt = performance.now();
    latencies.push(latencyMs);
    // A client that has made its last call ends with its answer.
    if (answeredAt - startedAt >= seconds * 1_000 || calls >= limit) client.responseMax = client.reqsMade;
  });
  const { errors } = await running;
  return {
    calls: latencies.length - failures.length,
    failed: failures.length + errors,
    failures: failures.slice(0, SHOWN_FAILURES),
    seconds: (answeredAt - startedAt) / 1_000,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}
