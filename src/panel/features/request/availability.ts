import { businessNow } from '../../lib/business-clock.js';
import type { Fulfil } from '../../lib/types.js';
import { clock } from '../../ui/times.js';
import { formatDollars, howMany } from '../../lib/format.js';

/** Why something cannot be done to a request now, as a colleague would say it; null when it can. */
export type Hindrance = string | null;

const closed = 'This request is closed.';

/** A colleague's claim that still binds. */
export function holderOf({ request }: Fulfil, now = businessNow()) {
  const { claim } = request;
  return claim && !claim.mine && Date.parse(claim.until) > now ? claim : null;
}

/** Whether the reader holds it. */
export function isMine({ request: { claim } }: Fulfil, now = businessNow()): boolean {
  return claim !== null && claim.mine && Date.parse(claim.until) > now;
}

function held(fulfil: Fulfil): Hindrance {
  const holder = holderOf(fulfil);
  return holder && `${holder.name} holds it until ${clock(Date.parse(holder.until))}: take it over, or leave a note.`;
}

export function closeShortHindrance(fulfil: Fulfil, role: string): Hindrance {
  const { request, may } = fulfil;
  if (request.status !== 'requested') return closed;
  if (request.assignedCount === 0) return 'Nothing is assigned yet: reject it instead.';
  return may.closePartial ? held(fulfil) : notYours(role);
}

export function rejectHindrance(fulfil: Fulfil, role: string): Hindrance {
  const { request, may } = fulfil;
  if (request.status !== 'requested') return closed;
  if (request.assignedCount > 0) {
    return `${howMany(request.assignedCount, 'account is', 'accounts are')} assigned: close it short instead.`;
  }
  return may.reject ? held(fulfil) : notYours(role);
}

/** How a request ends as it is now: closed short, or rejected where nothing is assigned; and why it cannot. */
export function endingOf(fulfil: Fulfil, role: string): { kind: 'closeShort' | 'reject'; hindrance: Hindrance } {
  return fulfil.request.assignedCount > 0
    ? { kind: 'closeShort', hindrance: closeShortHindrance(fulfil, role) }
    : { kind: 'reject', hindrance: rejectHindrance(fulfil, role) };
}

export function assignHindrance(fulfil: Fulfil, role: string): Hindrance {
  const { request, wallet, frozenBecause, may } = fulfil;
  if (request.status !== 'requested') return closed;
  if (frozenBecause !== null) return `Money is frozen (${frozenBecause}): nothing is assigned until it flows again.`;
  if (request.partner.suspended) return `${request.partner.name} is suspended: nothing new is assigned to it.`;
  if (wallet.owedCents > 0)
    return `${formatDollars(wallet.owedCents)} are owed from a top-up that came back; nothing is assigned until money that comes in has settled them.`;
  if (wallet.balanceCents < wallet.priceCents) {
    return `The wallet holds ${formatDollars(wallet.balanceCents)}; ${formatDollars(wallet.priceCents)} are needed.`;
  }
  return may.assign ? held(fulfil) : notYours(role);
}

function notYours(role: string): string {
  return `Your role (${role}) does not allow this.`;
}
