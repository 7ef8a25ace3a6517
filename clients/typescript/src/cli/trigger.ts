import { LayersError } from '../errors.js';
import type { Layers } from '../layers.js';
import { systemRuntime } from '../runtime.js';
import type { LayersEvent } from '../types.js';
import { UsageError, type Output } from './command.js';
import { findEnd } from './event-log.js';
import { Scene, triggers, type TriggerOptions } from './triggers.js';

const POLL_MS = 1_000;
/** The sandbox answers within seconds. */
const LONGEST_WAIT_MS = 60_000;

/** Makes the event happen and waits for it. @returns the exit code */
export async function trigger(client: Layers, type: string, options: TriggerOptions, output: Output): Promise<number> {
  if (!isKnown(type))
    throw new UsageError(`There is no event ${type}: layers trigger --list has those that there are.`);
  const entry = triggers[type];
  if (entry.run === null) throw new UsageError(`${type} cannot be made to happen: ${entry.does}`);

  const { parentOrganizationId, organizationName } = await client.whoami();
  if (parentOrganizationId === null) {
    throw new UsageError(`${organizationName} is not a sandbox: this command works with a test key alone.`);
  }
  const after = await findEnd(client);
  const waitFor = (isIt: (event: LayersEvent) => boolean) => findEvent(client, after, isIt);
  const isIt = await entry.run(new Scene(client, options, waitFor, output));
  if (isIt) output.print(JSON.stringify(await waitFor((event) => event.type === type && isIt(event)), null, 2));
  return 0;
}

/** A table of the types. */
export function listTriggers(): string {
  const width = Math.max(...Object.keys(triggers).map((type) => type.length));
  const lines = Object.entries(triggers).map(([type, { run, does }]) => {
    return `${type.padEnd(width)}  ${run ? '' : 'not possible: '}${does}`;
  });
  return lines.join('\n');
}

function isKnown(type: string): type is keyof typeof triggers {
  return Object.hasOwn(triggers, type);
}

/** @throws LayersError where it does not come */
async function findEvent(client: Layers, after: string, isIt: (event: LayersEvent) => boolean): Promise<LayersEvent> {
  const deadline = systemRuntime.now() + LONGEST_WAIT_MS;
  for (;;) {
    for await (const event of client.events.list({ after, limit: 500 })) if (isIt(event)) return event;
    if (systemRuntime.now() > deadline)
      throw new LayersError(`The event did not come within ${LONGEST_WAIT_MS / 1_000} s.`);
    await systemRuntime.sleep(POLL_MS);
  }
}
