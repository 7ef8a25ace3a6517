// npm run bench:panel -- [words] [--rounds 20]      how much longer the panel's answers take with a full database than with 1 % of it
import { parseArgs } from 'node:util';
import { questions, wholeReads } from './panel-questions.mjs';
import { quantile } from './quantile.mjs';
import { openServices, timed } from './services.mjs';

const sizes = ['small', 'large'];
const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    small: { type: 'string', default: '0.01' },
    large: { type: 'string', default: '1' },
    // Above it the run ends with 1.
    most: { type: 'string', default: '3' },
  },
  allowPositionals: true,
});
const rounds = Number(values.rounds);
const most = Number(values.most);
const services = await openServices({ small: Number(values.small), large: Number(values.large) });
/** For what adds up every live lease or every transfer, at full size. */
const MAX_WHOLE_READ_MS = 1_000;
const missed = [];

function report(what, small, large) {
  const [middle, high] = [0.5, 0.95].map((share) => [small, large].map((took) => quantile(took, share)));
  const ratio = middle[1] / middle[0];
  const limit = wholeReads.includes(what) ? Math.max(most, MAX_WHOLE_READ_MS / middle[0]) : most;
  if (ratio > limit) missed.push(what);
  const shown = [...middle, ...high].map((one) => one.toFixed(1).padStart(7));
  console.log(
    `${what.padEnd(42)} ${shown[0]} ${shown[1]}   × ${ratio.toFixed(2)}   p95 ${shown[2]} ${shown[3]}   × ${(high[1] / high[0]).toFixed(2)}`,
  );
}

const isAsked = (what) => positionals.length === 0 || positionals.some((word) => what.startsWith(word));

console.log(
  `Milliseconds at ${values.small} and at ${values.large} of the full size: the middle one of ${rounds}, asked in turns, and the 95th percentile`,
);
for (const [what, question] of Object.entries(questions)) {
  if (!isAsked(what)) continue;
  const took = { small: [], large: [] };
  const address = {};
  for (const size of sizes) address[size] = await question(services[size]);
  for (let round = -Math.min(3, rounds - 1); round < rounds; round += 1) {
    for (const size of sizes) {
      const milliseconds = await timed(() => services[size].get(address[size]));
      if (round >= 0) took[size].push(milliseconds);
    }
  }
  report(what, took.small, took.large);
}
const firsts = { 'dashboard, first answer': '/pages/dashboard', 'queue, first answer': '/pages/queue' };
for (const [what, address] of Object.entries(firsts)) {
  if (!isAsked(what)) continue;
  const took = { small: [], large: [] };
  for (let round = 0; round < Math.min(5, rounds); round += 1) {
    for (const size of sizes) took[size].push(await services[size].askFresh((get) => get(address)));
  }
  report(what, took.small, took.large);
}
await services.close();
if (missed.length > 0) {
  console.log(`Too slow at the larger size: ${missed.join('; ')}`);
  process.exitCode = 1;
}
