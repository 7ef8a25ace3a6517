// npm run bench:panel -- [words] [--rounds 20]      how much longer the panel's answers take with a large house than with 1 % of it
import { parseArgs } from 'node:util';
import { openHouses, quantile, timed } from './houses.mjs';
import { questions } from './panel-questions.mjs';

const MOST = 3;
const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '20' } },
  allowPositionals: true,
});
const rounds = Number(values.rounds);
const names = ['small', 'large'];
const houses = await openHouses();
const missed = [];

function tell(what, small, large) {
  const [middle, high] = [0.5, 0.95].map((share) => [small, large].map((took) => quantile(took, share)));
  const ratio = middle[1] / middle[0];
  if (ratio > MOST) missed.push(what);
  const shown = [...middle, ...high].map((one) => one.toFixed(1).padStart(7));
  console.log(
    `${what.padEnd(42)} ${shown[0]} ${shown[1]}   × ${ratio.toFixed(2)}   p95 ${shown[2]} ${shown[3]}   × ${(high[1] / high[0]).toFixed(2)}`,
  );
}

const isAsked = (what) => positionals.length === 0 || positionals.some((word) => what.startsWith(word));

console.log(`Milliseconds at 1 % and at 100 %: the middle one of ${rounds}, asked in turns, and the 95th percentile`);
for (const [what, question] of Object.entries(questions)) {
  if (!isAsked(what)) continue;
  const took = { small: [], large: [] };
  const address = {};
  for (const name of names) address[name] = await question(houses[name]);
  for (let round = -3; round < rounds; round += 1) {
    for (const name of names) {
      const milliseconds = await timed(() => houses[name].get(address[name]));
      if (round >= 0) took[name].push(milliseconds);
    }
  }
  tell(what, took.small, took.large);
}
const firsts = { 'dashboard, first answer': '/pages/dashboard', 'queue, first answer': '/pages/queue' };
for (const [what, address] of Object.entries(firsts)) {
  if (!isAsked(what)) continue;
  const took = { small: [], large: [] };
  for (let round = 0; round < 5; round += 1) {
    for (const name of names) took[name].push(await houses[name].anew((get) => get(address)));
  }
  tell(what, took.small, took.large);
}
await houses.close();
if (missed.length > 0) {
  console.log(`More than ${MOST} times: ${missed.join('; ')}`);
  process.exitCode = 1;
}
