import { emptyDatabase, freshDatabase, openClient } from '../databases.mjs';
import { startFloor, startProduct } from './processes.mjs';
import { seedFloor, seedProduct, signIn } from './seed.mjs';

/** The service and the floor, each on a database of its own in one server, with the same partners. */
export async function openSides(server, options) {
  const product = await openProductAlone(server, 1, options);
  const databaseUrl = await emptyDatabase(server, 'bench_floor');
  const sessions = await seedFloor(databaseUrl, product.databaseUrl);
  const processes = [await startFloor(databaseUrl)];
  const floor = await openSide('floor', databaseUrl, processes, product.partners, async () => sessions);
  return { floor, product };
}

/** So many that none runs into the limits of its tier. */
const PARTNERS = 200;

/**
 * So many processes of the service on a database of their own.
 * @param options of `startProduct`; `partnerCount` is for runs too short to run into limits
 */
export async function openProductAlone(server, instances, { partnerCount = PARTNERS, ...options } = {}) {
  const databaseUrl = await freshDatabase(server, 'bench_product');
  const { partners, operators } = await seedProduct(databaseUrl, partnerCount);
  return openProduct(databaseUrl, instances, { partners, operators }, options);
}

export async function openProduct(databaseUrl, instances, { partners, operators }, options) {
  const processes = [];
  for (let n = 0; n < instances; n += 1) processes.push(await startProduct(databaseUrl, options));
  let sessions;
  // The panel, which partners do not need, is loaded by the first who signs in.
  const signInOnce = () => (sessions ??= signIn(processes[0].origin, operators));
  return openSide('product', databaseUrl, processes, partners, signInOnce);
}

/**
 * @param getSessions of operators who have signed in
 * @returns with `client`, the bench's own connection to its database
 */
async function openSide(name, databaseUrl, processes, partners, getSessions) {
  const client = await openClient(databaseUrl);
  return {
    name,
    databaseUrl,
    client,
    partners,
    getSessions,
    origins: processes.map(({ origin }) => origin),
    readMemoryBytes: processes[0].readMemoryBytes,
    close: async () => {
      await Promise.all(processes.map(({ stop }) => stop()));
      await client.end();
    },
  };
}
