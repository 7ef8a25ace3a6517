import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AlertSender } from '../../../src/alerts/alert-sender.js';
import { AlertWatch } from '../../../src/alerts/alert-watch.js';
import { listOverdueRequests } from '../../../src/alerts/conditions.js';
import { Pruner } from '../../../src/core/pruner.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { resetClock } from '../../support/ledger.js';
import { aPartner, aRequest, atOnce, type TestPartner } from '../../support/makers.js';
import { answers, startReceiver, takesAll, type WebhookReceiver } from '../../support/webhook-receiver.js';
import { aSandbox } from '../../support/sandboxes.js';
import { anEndpoint, someEvents } from '../../support/webhooks.js';
import { aLessee, releaseAll } from '../renewals/leases.js';

let receiver: WebhookReceiver;
let service: TestApp;
let other: TestApp;
let partner: TestPartner;
beforeAll(async () => {
  receiver = await startReceiver();
  // Loopback, as an operator's internal address: the guard of webhooks would refuse it.
  const settings = { staffAlertUrl: `${receiver.url}/hook?token=secret`, webhookAllowLocal: false };
  service = await startTestApp(settings);
  other = await startTestApp(settings, service.settings.databaseUrl);
});
afterAll(async () => {
  await other.close();
  await service.close();
  await receiver.close();
});
beforeEach(async () => {
  partner = await aPartner(service);
});
afterEach(async () => {
  await change('UPDATE lease_request SET paused_at = now()');
  await releaseAll(service);
  await change('DELETE FROM staff_alert');
  receiver.calls.splice(0);
  receiver.behave = takesAll;
});

const change = (statement: string, values: unknown[] = []) => service.dataSource.query(statement, values);
const watch = (by = service) => by.app.get(AlertWatch, { strict: false }).watch();
const send = (by = service) => by.app.get(AlertSender, { strict: false }).tick();
const told = () => receiver.calls.map(({ body }) => [body.type, body.state, body.subject]);
const messages = () =>
  change(
    `SELECT state, status, attempts, error, extract(epoch FROM next_attempt_at - now())::float8 AS "waitSeconds"
       FROM staff_alert_message ORDER BY state`,
  );
async function anOverdueRequest(of = partner): Promise<string> {
  const { id } = await aRequest(service, of);
  await change("UPDATE lease_request SET due_at = now() - interval '1 hour' WHERE id = $1", [id]);
  return id;
}

describe('An alert', () => {
  it('is told once while its condition lasts and once when it is over, however many processes look', async () => {
    const id = await anOverdueRequest();
    await atOnce(6, (n) => watch(n % 2 === 0 ? service : other));
    await atOnce(6, (n) => send(n % 2 === 0 ? service : other));
    await watch();
    await send();
    expect(told()).toEqual([['lease_request.overdue', 'firing', id]]);
    const [first] = receiver.calls;
    expect(first!.path).toBe('/hook?token=secret');
    expect(first!.headers['x-layers-event-id']).toBe(first!.body.id);
    expect(first!.headers).not.toHaveProperty('x-layers-signature');
    expect(first!.body).toEqual({
      id: expect.stringMatching(/^evt_/),
      type: 'lease_request.overdue',
      state: 'firing',
      alertId: expect.stringMatching(/^alr_/),
      subject: id,
      organizationId: partner.organizationId,
      startedAt: expect.stringMatching(/Z$/),
      endedAt: null,
      text: expect.stringMatching(new RegExp(`^Request ${id} of .* is overdue since .*Z\\.$`)),
      details: { partner: expect.any(String), dueAt: expect.stringMatching(/Z$/) },
    });

    await change('UPDATE lease_request SET paused_at = now() WHERE id = $1', [id]);
    await atOnce(4, (n) => watch(n % 2 === 0 ? service : other));
    await atOnce(4, (n) => send(n % 2 === 0 ? service : other));
    expect(told()[1]).toEqual(['lease_request.overdue', 'resolved', id]);
    const [, last] = receiver.calls;
    expect(last!.body).toMatchObject({
      alertId: first!.body.alertId,
      text: expect.stringMatching(new RegExp(`^Resolved: request ${id} of .* is no longer overdue\\.$`)),
    });
    expect(last!.body.endedAt).toMatch(/Z$/);

    await change('UPDATE lease_request SET paused_at = NULL WHERE id = $1', [id]);
    await watch();
    await send();
    expect(told()).toHaveLength(3);
    expect(receiver.calls[2]!.body.alertId).not.toBe(first!.body.alertId);
  });

  it('is tried again as webhooks are, at most eight times; that it is over is told after that', async () => {
    const id = await anOverdueRequest();
    receiver.behave = answers(500);
    await watch();
    await send();
    expect(await messages()).toMatchObject([{ state: 'firing', status: 'pending', attempts: 1, error: 'HTTP 500' }]);
    expect((await messages())[0].waitSeconds).toBeGreaterThan(20);
    await change('UPDATE lease_request SET paused_at = now() WHERE id = $1', [id]);
    await watch();
    await send();
    expect(told()).toHaveLength(1);
    for (let attempt = 2; attempt <= 8; attempt += 1) {
      await change(
        `UPDATE staff_alert_message SET next_attempt_at = now() - interval '1 second'
          WHERE status = 'pending' AND state = 'firing'`,
      );
      if (attempt === 8)
        receiver.behave = (response, call) => answers(call.body.state === 'firing' ? 500 : 200)(response, call);
      await send();
    }
    expect(told().map(([, state]) => state)).toEqual([...Array<string>(8).fill('firing'), 'resolved']);
    expect(await messages()).toMatchObject([
      { state: 'firing', status: 'failed', attempts: 8 },
      { state: 'resolved', status: 'delivered', attempts: 1 },
    ]);
  });

  it('that a process took with it when it died is sent by another when the claim has ended', async () => {
    await anOverdueRequest();
    await watch();
    await change(
      "UPDATE staff_alert_message SET status = 'delivering', claim = 'gone', next_attempt_at = now() + interval '9 s'",
    );
    await send();
    expect(told()).toEqual([]);
    await change("UPDATE staff_alert_message SET next_attempt_at = now() - interval '1 second'");
    await send(other);
    expect(told()).toHaveLength(1);
  });

  it('is one of at most a hundred of its type, the most urgent ones', async () => {
    await change(
      `INSERT INTO lease_request (id, request_id, organization_id, project_id, api_key_id, fingerprint, count, vertical, status, submitted_at, updated_at, due_at)
       SELECT 'lreq_' || n, 'lreq_' || n, $1, $2, $3, sha256('test'), 1, 'coffee', 'requested', now(), now(), now() - interval '1 hour' - n * interval '1 minute'
         FROM generate_series(1, 120) n`,
      [partner.organizationId, partner.projectId, partner.apiKeyId],
    );
    await watch();
    await watch();
    const told: { subject: string }[] = await change('SELECT subject FROM staff_alert');
    expect(told).toHaveLength(100);
    expect(told.map(({ subject }) => subject)).toContain('lreq_120');
    expect(told.map(({ subject }) => subject)).not.toContain('lreq_20');
    const read = await listOverdueRequests(service.dataSource.manager, new Date(), ['lreq_7', 'lreq_120', 'lreq_gone']);
    expect(read).toHaveLength(101);
    expect(read.at(-1)!.subject).toBe('lreq_7');
    await change("UPDATE lease_request SET paused_at = now() WHERE id = 'lreq_120'");
    await watch();
    await watch();
    const [{ open }] = await change('SELECT count(*) FILTER (WHERE ended_at IS NULL) AS open FROM staff_alert');
    expect(open).toBe(100);
  });

  it('is forgotten a month after it ended', async () => {
    await anOverdueRequest();
    await watch();
    await change("UPDATE staff_alert SET ended_at = now() - interval '31 days'");
    await service.app.get(Pruner, { strict: false }).prune();
    expect(await change('SELECT id FROM staff_alert_message')).toEqual([]);
  });
});

describe('Staff are told', () => {
  it('of renewals that a wallet does not cover within a week, until it does', async () => {
    const soon = new Date();
    soon.setUTCMonth(soon.getUTCMonth() - 1, Math.min(soon.getUTCDate(), 26));
    const lessee = await aLessee(service, 14_999, soon.toISOString());
    resetClock(service);
    await change("UPDATE lease SET next_renewal_at = now() + interval '6 days'");
    await watch();
    await send();
    expect(told()).toEqual([['renewals.uncovered', 'firing', lessee.partner.organizationId]]);
    expect(receiver.calls[0]!.body.details).toMatchObject({ uncoveredCents: 1 });
    await change("UPDATE lease SET next_renewal_at = now() + interval '9 days'");
    await watch();
    await send();
    expect(told()[1]).toEqual(['renewals.uncovered', 'resolved', lessee.partner.organizationId]);
  });

  it('of endpoints that were paused for their failures, and of an outbox that is late', async () => {
    const endpoint = await anEndpoint(service, partner, { url: 'https://93.184.215.14/hook' });
    await someEvents(service, partner);
    await change("UPDATE webhook_delivery SET next_attempt_at = now() - interval '11 minutes'");
    await watch();
    await send();
    expect(told()).toEqual([['outbox.lag', 'firing', 'service']]);
    await change(
      "UPDATE webhook_endpoint SET status = 'auto_paused', auto_paused_at = now(), next_probe_at = now() WHERE id = $1",
      [endpoint.id],
    );
    await watch();
    await send();
    expect(told().slice(1).sort()).toEqual([
      ['outbox.lag', 'resolved', 'service'],
      ['webhook_endpoint.auto_paused', 'firing', endpoint.id],
    ]);
    await change('UPDATE webhook_endpoint SET deleted_at = now() WHERE id = $1', [endpoint.id]);
  });

  it('of errors of the ledger, until a verification finds none', async () => {
    const verified = (faults: number) =>
      change(
        `INSERT INTO audit_event (id, type, occurred_at, object_id, actor_kind, actor_id, actor_name, request_id, data, internal)
         VALUES ('evt_' || gen_random_uuid(), 'ledger.verified', now(), 'ledger', 'system', 'system', 'books', 'req_x', '{}', $1)`,
        [{ faults }],
      );
    await verified(2);
    await watch();
    await verified(0);
    await watch();
    await send();
    expect(told()).toEqual([
      ['ledger.error', 'firing', 'service'],
      ['ledger.error', 'resolved', 'service'],
    ]);
  });

  it('nothing of the sandboxes of partners', async () => {
    await anOverdueRequest(await aSandbox(service, partner));
    await watch();
    await send();
    expect(told()).toEqual([]);
  });
});
