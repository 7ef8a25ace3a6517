import type { SystemCaller } from '../authorization/actor.js';
import { newId } from '../core/ids.js';

export function sandboxCaller(): SystemCaller {
  return { kind: 'system', name: 'sandbox', callId: newId('req') };
}
