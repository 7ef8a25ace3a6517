import type { SystemCaller } from '../authorization/actor.js';
import { newId } from '../core/ids.js';

/** @param callId of the partner's call that it works for */
export function sandboxCaller(callId = newId('req')): SystemCaller {
  return { kind: 'system', name: 'sandbox', callId };
}
