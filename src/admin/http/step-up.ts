import type { Request } from 'express';
import { DomainError } from '../../core/errors.js';
import { rolesThatUndoAny } from '../../fulfillment/undo-window.js';
import type { SignedInStaff } from '../../staff/sign-in.service.js';

/** What is asked a code for: keys, money and roles. */
const protectedActions: Record<string, ReadonlySet<string>> = {
  'api-keys': new Set(['new', 'kill', 'resume', 'revoke']),
  wallets: new Set(['topUp', 'adjust', 'reverseTopUp', 'payout', 'approve', 'decline']),
  'ledger-transfers': new Set(['closeMonth']),
  // A suspended partner's keys are all off, and a refund is money that somebody decides on.
  organizations: new Set(['suspend', 'resume']),
  leases: new Set(['disconnect']),
  staff: new Set([
    ...['new', 'invite', 'inviteAgain', 'edit', 'disable', 'enable'],
    ...['reset', 'setPassword', 'resetSecondFactor'],
  ]),
};

/** The fields that make a change of a partner one of keys or money. */
const fieldsOfPartner = ['priceCents', 'walletCents', 'projects', 'projectId', 'tier'];

/** The last code is more than ten minutes old; nothing was done. */
export class NotConfirmed extends DomainError {
  readonly code = 'FORBIDDEN_ROLE';
  constructor() {
    super('Your last code is more than 10 minutes old. Confirm with a code from your app, then do this again.');
  }
}

/**
 * Keys, money and roles take a code of the last ten minutes, from everybody who has a second factor.
 * @throws NotConfirmed
 */
export function assertConfirmed({ role, hasSecondFactor, isConfirmed }: SignedInStaff, request: Request): void {
  if (!hasSecondFactor || isConfirmed || request.method !== 'POST') return;
  const { resourceId = '', action = '' } = request.params as Record<string, string | undefined>;
  const ofPartner = resourceId === 'organizations' && (action === 'new' || action === 'edit');
  // A refund as well; an operator's own, minutes after the assignment, is part of that work.
  const givesBack = resourceId === 'lease-requests' && action === 'undoAssign' && rolesThatUndoAny.includes(role);
  const body = (request.body ?? {}) as object;
  const isAsked = ofPartner
    ? fieldsOfPartner.some((field) => Object.hasOwn(body, field))
    : Object.hasOwn(protectedActions, resourceId) && protectedActions[resourceId]!.has(action);
  if (isAsked || givesBack) throw new NotConfirmed();
}
