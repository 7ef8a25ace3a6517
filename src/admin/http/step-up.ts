import type { Request } from 'express';
import { DomainError } from '../../core/errors.js';
import { rolesThatUndoAny } from '../../fulfillment/undo-window.js';
import type { SignedInStaff } from '../../staff/sign-in.service.js';

/** Actions that need a recent code, by resource. */
const protectedActions: Record<string, ReadonlySet<string>> = {
  'api-keys': new Set(['new', 'rotate', 'kill', 'resume', 'revoke']),
  wallets: new Set(['topUp', 'adjust', 'reverseTopUp', 'payout', 'approve', 'decline']),
  'ledger-transfers': new Set(['closeMonth']),
  // They switch all keys of a partner or make one, and disconnecting may refund.
  organizations: new Set(['suspend', 'resume', 'createSandbox']),
  leases: new Set(['disconnect']),
  staff: new Set([
    ...['new', 'invite', 'inviteAgain', 'edit', 'disable', 'enable'],
    ...['reset', 'setPassword', 'resetSecondFactor'],
  ]),
};

/** Creating or editing a partner needs a code where one of these is sent. */
const protectedPartnerFields = ['priceCents', 'walletCents', 'confirmedCents', 'projects', 'projectId', 'tier'];

/** The last code is more than 10 minutes old. */
export class NotConfirmed extends DomainError {
  readonly code = 'FORBIDDEN_ROLE';
  constructor() {
    super('Your last code is more than 10 minutes old. Confirm with a code from your app, then try again.');
  }
}

/**
 * Step-up authentication: keys, money and roles need a code of the last 10 minutes from staff who have a second factor.
 * @throws NotConfirmed
 */
export function assertConfirmed({ role, hasSecondFactor, isConfirmed }: SignedInStaff, request: Request): void {
  if (!hasSecondFactor || isConfirmed || request.method !== 'POST') return;
  const { resourceId = '', action = '' } = request.params as Record<string, string | undefined>;
  const isPartnerForm = resourceId === 'organizations' && (action === 'new' || action === 'edit');
  // Not for operators, who undo only their own assignments of the last minutes.
  const isRefund = resourceId === 'lease-requests' && action === 'undoAssign' && rolesThatUndoAny.includes(role);
  const body = (request.body ?? {}) as object;
  const isProtected = isPartnerForm
    ? protectedPartnerFields.some((field) => Object.hasOwn(body, field))
    : Object.hasOwn(protectedActions, resourceId) && protectedActions[resourceId]!.has(action);
  if (isProtected || isRefund) throw new NotConfirmed();
}
