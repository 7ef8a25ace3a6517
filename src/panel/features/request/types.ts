import type { RequestViewService } from '../../../fulfillment/request-view.service.js';
import type { Jsonified } from '../../lib/jsonified.js';

/** Everything the page of a lease request shows. */
export type RequestView = Jsonified<Awaited<ReturnType<RequestViewService['view']>>>;
export type RequestDetails = RequestView['request'];
export type Candidate = RequestView['candidates'][number];
export type AssignedAccount = RequestView['assigned'][number];
export type RequestNote = RequestView['notes'][number];
export type RequestEvent = RequestView['events'][number];
