import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ForbiddenScope,
  KillSwitch,
  RateLimited,
  Unauthenticated,
  type DomainError,
} from '../../../src/core/errors.js';
import { newId } from '../../../src/core/ids.js';
import { RejectionAudit } from '../../../src/partner-api/rejection-audit.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { aPartner, type TestPartner } from '../../support/makers.js';

let services: TestApp[];
beforeAll(async () => {
  const first = await startTestApp();
  services = [first, await startTestApp({}, first.settings.databaseUrl)];
});
afterAll(async () => {
  for (const service of services.reverse()) await service.close();
});

const auditOf = (service: TestApp) => service.app.get(RejectionAudit, { strict: false });
const refuse = ({ apiKeyId, organizationId }: TestPartner, refusal: DomainError, times = 10) => {
  for (let n = 0; n < times; n += 1) {
    for (const service of services) {
      auditOf(service).record({ apiKeyId, organizationId, bucket: null, clockAheadMs: 0, refusal }, newId('req'));
    }
  }
};
const idle = () => Promise.all(services.map((service) => auditOf(service).idle()));
const recorded = ({ apiKeyId }: TestPartner) =>
  services[0]!.dataSource.query(
    'SELECT type, actor_kind, api_key_id, organization_id, data FROM audit_event WHERE object_id = $1 ORDER BY type',
    [apiKeyId],
  );
const age = ({ apiKeyId }: TestPartner, seconds: number) =>
  services[0]!.dataSource.query(
    `INSERT INTO audit_event (id, type, occurred_at, object_id, actor_kind, actor_id, actor_name, request_id)
     VALUES ($1, 'auth.key_rejected', now() - make_interval(secs => $2), $3, 'system', 'x', 'x', 'req_x')`,
    [newId('evt'), seconds, apiKeyId],
  );

describe('Refusals in the audit log', () => {
  it('are one a minute for each key and type, of all processes together', async () => {
    const [partner, other] = [await aPartner(services[0]!), await aPartner(services[0]!)];
    for (const one of [partner, other]) {
      refuse(one, new Unauthenticated());
      refuse(one, new ForbiddenScope('keys:write'));
      refuse(one, new RateLimited('read-light', 'minute', 12));
      refuse(one, new KillSwitch('key'));
    }
    await idle();
    for (const one of [partner, other]) {
      const { apiKeyId, organizationId } = one;
      const by = { actor_kind: 'partner_api', api_key_id: apiKeyId, organization_id: organizationId };
      expect(await recorded(one)).toEqual([
        { ...by, type: 'auth.key_rejected', data: {} },
        { ...by, type: 'auth.rate_limited', data: { endpointClass: 'read-light', limit: 'minute' } },
        { ...by, type: 'auth.scope_denied', data: { requiredScope: 'keys:write' } },
      ]);
    }
  });

  it('count the minute from the last one that is recorded, by whom ever', async () => {
    const [recent, old] = [await aPartner(services[0]!), await aPartner(services[0]!)];
    await age(recent, 50);
    await age(old, 61);
    for (const one of [recent, old]) refuse(one, new Unauthenticated());
    await idle();
    expect([await recorded(recent), await recorded(old)].map((events: unknown[]) => events.length)).toEqual([1, 2]);
  });

  it('are tried again at the next refusal, where the database took none', async () => {
    const partner = await aPartner(services[0]!);
    const sql = (text: string) => services[0]!.dataSource.query(text);
    await sql('ALTER TABLE audit_event RENAME TO audit_event_away');
    refuse(partner, new Unauthenticated(), 1);
    await idle();
    await sql('ALTER TABLE audit_event_away RENAME TO audit_event');
    refuse(partner, new Unauthenticated(), 1);
    await idle();
    expect(await recorded(partner)).toHaveLength(1);
  });
});
