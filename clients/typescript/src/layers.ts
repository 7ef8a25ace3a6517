import { ApiPromise } from './api-promise.js';
import type { ClientOptions, RequestOptions } from './options.js';
import { Events } from './resources/events.js';
import { LeasedAccounts } from './resources/leased-accounts.js';
import { ApiKeys, AuditLog, Calls, Projects, Sandbox, Wallet } from './resources/organization.js';
import { WebhookDeliveries, WebhookEndpoints } from './resources/webhooks.js';
import { refuseBrowsers } from './runtime.js';
import { Transport } from './transport.js';
import type { LayersEvent, Whoami } from './types.js';
import { verifyWebhook, type VerifyOptions, type WebhookHeaders } from './verify-webhook.js';

/**
 * The partner API. Each method is one route; its last argument has the options of the call.
 * @throws LayersError in a browser, without a key, and for options that cannot be meant
 */
export class Layers {
  readonly #transport: Transport;
  readonly leasedAccounts: LeasedAccounts;
  readonly projects: Projects;
  readonly wallet: Wallet;
  readonly events: Events;
  readonly auditLog: AuditLog;
  readonly calls: Calls;
  readonly apiKeys: ApiKeys;
  readonly webhookEndpoints: WebhookEndpoints;
  readonly webhookDeliveries: WebhookDeliveries;
  readonly sandbox: Sandbox;

  constructor(options: ClientOptions = {}) {
    refuseBrowsers();
    const transport = new Transport(options);
    this.#transport = transport;
    this.leasedAccounts = new LeasedAccounts(transport);
    this.projects = new Projects(transport);
    this.wallet = new Wallet(transport);
    this.events = new Events(transport);
    this.auditLog = new AuditLog(transport);
    this.calls = new Calls(transport);
    this.apiKeys = new ApiKeys(transport);
    this.webhookEndpoints = new WebhookEndpoints(transport);
    this.webhookDeliveries = new WebhookDeliveries(transport);
    this.sandbox = new Sandbox(transport);
  }

  /** Which organization, scopes and limits the key has, and what its wallet holds. */
  whoami(options?: RequestOptions): ApiPromise<Whoami> {
    return new ApiPromise(this.#transport.send<Whoami>({ method: 'get', route: '/v1/whoami', options }));
  }

  /** A client like this one but for those options. */
  withOptions(changes: ClientOptions): Layers {
    return new Layers(this.#transport.optionsWith(changes));
  }

  /** {@link verifyWebhook}, which needs no client. */
  verifyWebhook(
    rawBody: string | Uint8Array,
    headers: WebhookHeaders,
    secrets: string | readonly string[],
    options?: VerifyOptions,
  ): LayersEvent {
    return verifyWebhook(rawBody, headers, secrets, options);
  }
}
