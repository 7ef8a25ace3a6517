import { Partner } from './partner.mjs';
import { PanelSession } from './panel.mjs';
import { Receiver } from './receiver.mjs';
import { monthSteps } from './month-steps.mjs';
import { requestSteps } from './request-steps.mjs';

/**
 * Tells the whole story. A check that fails stops nothing; a step that breaks off ends it.
 * @param service where: its `origin`, and `signIns` of its demo's staff by role: `{ email, password }`
 * @param organization the `organizationId` of the partner and an `apiKey`
 */
export async function tellStory(report, service, { organizationId, apiKey }) {
  const client = await import('layers-partner');
  const receiver = new Receiver(client.verifyWebhook);
  await receiver.listen();
  report.note(`The service listens on ${service.origin}, the partner’s program for webhooks on ${receiver.url}.`);
  const partner = new Partner(report, client.Layers, { apiKey, baseUrl: service.origin });
  const operator = new PanelSession(report, service.origin, 'the operator');
  const story = { client, operator, partner, receiver, report, service, state: { organizationId } };
  try {
    for (const [who, title, work] of [...requestSteps, ...monthSteps]) {
      report.step(who, title);
      await work(story);
    }
  } finally {
    story.state.waiting?.abort();
    receiver.close();
  }
}
