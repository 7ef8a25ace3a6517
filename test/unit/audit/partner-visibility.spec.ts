import fs from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { auditEventTypes, type AuditEventType } from '../../../src/audit/event-types.js';
import {
  partnerEventTypes,
  partnerViews,
  toPartnerData,
  toPartnerType,
  toWrittenTypes,
} from '../../../src/audit/partner-visibility.js';

/** What is nothing of a partner's: staff's own work, the pool, the books. A new type belongs here or in `partnerViews`. */
const hidden: AuditEventType[] = [
  ...(['lease_request.note_withdrawn', 'lease_request.blocker_cleared', 'lease_request.woke'] as const),
  ...(['webhook_endpoint.replayed', 'vertical.mapped', 'vertical.forgotten', 'data.exported'] as const),
  ...(['ledger.verified', 'ledger.month_closed', 'wallet.low_balance_set', 'money.frozen', 'money.thawed'] as const),
  ...([
    'clock.moved',
    'secrets.rekeyed',
    'sandbox.created',
    'wallet.movement_proposed',
    'wallet.movement_declined',
  ] as const),
  ...(['organization.created', 'organization.updated', 'project.created', 'project.updated'] as const),
  ...(['social_account.created', 'social_account.updated', 'social_account.quarantined'] as const),
  ...(['social_account.imported', 'social_account.deleted'] as const),
  ...(['staff.created', 'staff.updated', 'staff.password_set', 'staff.invited', 'staff.reset_link_made'] as const),
  ...(['staff.second_factor_set_up', 'staff.second_factor_reset', 'staff.recovery_code_used'] as const),
  ...(['staff.recovery_codes_renewed', 'staff.confirmation_failed', 'staff.signed_in'] as const),
  ...(['staff.signed_out', 'staff.sign_in_failed'] as const),
];

describe('What partners see of the audit log', () => {
  it('is decided for every type that is written: it is in the table, or hidden on purpose', () => {
    const viewed = Object.keys(partnerViews) as AuditEventType[];
    expect([...viewed, ...hidden].sort()).toEqual([...auditEventTypes].sort());
  });

  it('has the names that the contract and the guide list, and no other', () => {
    const names = new Set(toWrittenTypes().map(toPartnerType));
    expect([...names].sort()).toEqual([...partnerEventTypes].sort());
    const guide = fs.readFileSync('docs/partner/audit-log-and-calls.md', 'utf8');
    const listed = [...guide.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map(([, type]) => type!),
    );
    expect(listed.sort()).toEqual([...partnerEventTypes].sort());
  });

  it('finds the written types of a name', () => {
    expect(toWrittenTypes('lease_request.noted')).toEqual(['lease_request.noted', 'lease_request.note_shown']);
    expect(toWrittenTypes('auth.key_rejected')).toEqual(['auth.key_rejected']);
  });

  it('is the named fields alone, and nothing that holds an object', () => {
    const data = { apiKeyId: 'key_1', name: { staff: 'x' }, scopes: ['*'], env: [{}], secret: 'x', prefix: null };
    expect(toPartnerData('api_key.created', data)).toEqual({ apiKeyId: 'key_1', scopes: ['*'], prefix: null });
    expect(toPartnerData('organization.suspended', data)).toEqual({});
  });
});
