import type { Fulfil } from '../kit/shapes.js';
import { dollars, howMany } from '../kit/words.js';

/** Why something cannot be done to a request now, as a colleague would say it; null when it can. */
export type Hindrance = string | null;

const closed = 'This request is closed.';

export function closeShortHindrance({ request, may }: Fulfil, role: string): Hindrance {
  if (request.status !== 'requested') return closed;
  if (request.assignedCount === 0) return 'Nothing is assigned yet: reject it instead.';
  return may.closePartial ? null : notYours(role);
}

export function rejectHindrance({ request, may }: Fulfil, role: string): Hindrance {
  if (request.status !== 'requested') return closed;
  if (request.assignedCount > 0) {
    return `${howMany(request.assignedCount, 'account is', 'accounts are')} assigned: close it short instead.`;
  }
  return may.reject ? null : notYours(role);
}

export function assignHindrance({ request, wallet, may }: Fulfil, role: string): Hindrance {
  if (request.status !== 'requested') return closed;
  if (request.partner.suspended) return `${request.partner.name} is suspended: nothing new is assigned to it.`;
  if (wallet.owedCents > 0)
    return `${dollars(wallet.owedCents)} of earlier months are unpaid; nothing new is assigned until they are.`;
  if (wallet.balanceCents < wallet.priceCents) {
    return `The wallet holds ${dollars(wallet.balanceCents)}; ${dollars(wallet.priceCents)} are needed.`;
  }
  return may.assign ? null : notYours(role);
}

function notYours(role: string): string {
  return `Your role (${role}) does not allow this.`;
}
