import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../pages.js';
import type { Answer, Body, Query, WebhookDeliveryPage, WebhookEndpoint, WebhookEndpointPage } from '../types.js';
import { Resource } from './resource.js';

const ENDPOINTS = '/v1/webhook-endpoints';
const ENDPOINT = '/v1/webhook-endpoints/{endpointId}';

export interface EndpointRef {
  endpointId: string;
}

export class WebhookEndpoints extends Resource {
  /** The answer holds the signing secret, this once. */
  create(body: Body<typeof ENDPOINTS, 'post'>, options?: RequestOptions): ApiPromise<Answer<typeof ENDPOINTS, 'post'>> {
    return this.send('post', ENDPOINTS, { body }, options);
  }

  list(query: Query<typeof ENDPOINTS> = {}, options?: RequestOptions): PagePromise<WebhookEndpointPage> {
    return this.listPages(ENDPOINTS, { query }, options);
  }

  get({ endpointId }: EndpointRef, options?: RequestOptions): ApiPromise<WebhookEndpoint> {
    return this.send('get', ENDPOINT, { params: { endpointId } }, options);
  }

  update(
    { endpointId, ...body }: EndpointRef & Body<typeof ENDPOINT, 'patch'>,
    options?: RequestOptions,
  ): ApiPromise<WebhookEndpoint> {
    return this.send('patch', ENDPOINT, { params: { endpointId }, body }, options);
  }

  delete({ endpointId }: EndpointRef, options?: RequestOptions): ApiPromise<Answer<typeof ENDPOINT, 'delete'>> {
    return this.send('delete', ENDPOINT, { params: { endpointId } }, options);
  }

  /** The answer holds the new secret, this once; the old one signs too for 24 hours. */
  rotateSecret(
    { endpointId }: EndpointRef,
    options?: RequestOptions,
  ): ApiPromise<Answer<`${typeof ENDPOINT}/rotate-secret`, 'post'>> {
    return this.send('post', `${ENDPOINT}/rotate-secret`, { params: { endpointId } }, options);
  }

  /** Sends a `test.ping`. */
  test({ endpointId }: EndpointRef, options?: RequestOptions): ApiPromise<Answer<`${typeof ENDPOINT}/test`, 'post'>> {
    return this.send('post', `${ENDPOINT}/test`, { params: { endpointId } }, options);
  }

  deliveries(
    { endpointId, ...query }: EndpointRef & Query<`${typeof ENDPOINT}/deliveries`>,
    options?: RequestOptions,
  ): PagePromise<WebhookDeliveryPage> {
    return this.listPages(`${ENDPOINT}/deliveries`, { params: { endpointId }, query }, options);
  }

  /** Sends again what was scheduled in that time. */
  replay(
    { endpointId, ...body }: EndpointRef & Body<`${typeof ENDPOINT}/replay`, 'post'>,
    options?: RequestOptions,
  ): ApiPromise<Answer<`${typeof ENDPOINT}/replay`, 'post'>> {
    return this.send('post', `${ENDPOINT}/replay`, { params: { endpointId }, body }, options);
  }
}

export class WebhookDeliveries extends Resource {
  /** Sends one again, as an event of its own. */
  replay(
    { deliveryId }: { deliveryId: string },
    options?: RequestOptions,
  ): ApiPromise<Answer<'/v1/webhook-deliveries/{deliveryId}/replay', 'post'>> {
    return this.send('post', '/v1/webhook-deliveries/{deliveryId}/replay', { params: { deliveryId } }, options);
  }
}
