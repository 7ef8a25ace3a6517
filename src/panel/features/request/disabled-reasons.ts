import { sentence } from '../../../core/sentence.js';
import type { Role } from '../../../authorization/roles.js';
import { getBusinessNow } from '../../lib/business-clock.js';
import { formatCount, formatDollars } from '../../lib/format.js';
import { formatClockTime } from '../../lib/times.js';
import type { RequestView } from './types.js';

/** Why an action on a request cannot run now; null when it can. */
export type DisabledReason = string | null;

const closedReason = 'This request is closed.';

/** A colleague's claim that is not over. */
export function findOtherClaim({ request: { claim } }: RequestView, now = getBusinessNow()) {
  return claim && !claim.mine && Date.parse(claim.until) > now ? claim : null;
}

/** The reader's own claim that is not over. */
export function findOwnClaim({ request: { claim } }: RequestView, now = getBusinessNow()) {
  return claim?.mine && Date.parse(claim.until) > now ? claim : null;
}

export function getCloseShortDisabledReason(view: RequestView, role: Role): DisabledReason {
  const { request, may } = view;
  if (request.status !== 'requested') return closedReason;
  if (request.assignedCount === 0) return 'Nothing is assigned yet: reject it instead.';
  return may.closePartial ? getClaimReason(view) : getRoleReason(role);
}

export function getRejectDisabledReason(view: RequestView, role: Role): DisabledReason {
  const { request, may } = view;
  if (request.status !== 'requested') return closedReason;
  if (request.assignedCount > 0) {
    return `${formatCount(request.assignedCount, 'account is', 'accounts are')} assigned: close it short instead.`;
  }
  return may.reject ? getClaimReason(view) : getRoleReason(role);
}

export function getAssignDisabledReason(view: RequestView, role: Role): DisabledReason {
  const { request, wallet, frozenBecause, may } = view;
  if (request.status !== 'requested') return closedReason;
  if (request.unreadReplyId !== null) return 'Read the partner’s reply first; it is shown above.';
  if (frozenBecause !== null)
    return `Money is frozen (${frozenBecause}): nothing can be assigned until the freeze ends.`;
  if (request.partner.suspended)
    return sentence`${request.partner.name} is suspended: no new assignments until it is resumed.`;
  if (wallet.owedCents > 0)
    return `${formatDollars(wallet.owedCents)} is owed from a reversed top-up; nothing is assigned until it is settled.`;
  if (wallet.balanceCents < wallet.priceCents) {
    return `The wallet holds ${formatDollars(wallet.balanceCents)}; ${formatDollars(wallet.priceCents)} is needed.`;
  }
  return may.assign ? getClaimReason(view) : getRoleReason(role);
}

/** Why something is not offered on a request. */
export function getNotAllowedReason({ request }: RequestView, role: Role): string {
  return request.status === 'requested' ? getRoleReason(role) : closedReason;
}

/** A colleague has claimed it. */
export function getClaimReason(view: RequestView): DisabledReason {
  const claim = findOtherClaim(view);
  return (
    claim &&
    sentence`${claim.name} has claimed it until ${formatClockTime(Date.parse(claim.until))}: take it over, or leave a note.`
  );
}

function getRoleReason(role: Role): string {
  return `Your role (${role}) does not allow this.`;
}
