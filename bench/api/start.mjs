import { setTimeout as pause } from 'node:timers/promises';
import { median } from '../quantile.mjs';
import { startProduct } from './processes.mjs';

/**
 * Starts the service over a migrated database, one time after the other.
 * @param idleMs for how long it does nothing before its memory is read
 * @returns the medians of the seconds to its first answer and of its idle memory, which is `null` where the system does not tell it
 */
export async function measureStart(databaseUrl, { rounds, idleMs }) {
  const [starts, memory] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const service = await startProduct(databaseUrl);
    starts.push(service.startMs);
    await pause(idleMs);
    memory.push(service.readMemoryBytes());
    await service.stop();
  }
  return { startMs: median(starts), memoryBytes: memory.includes(null) ? null : median(memory) };
}
