import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../pages.js';
import type {
  Body,
  LeasedAccountPage,
  LeaseRequest,
  LeaseRequestBody,
  LeaseRequestPage,
  LeaseRequestReceipt,
  NoteReceipt,
  Query,
  ReleasedAccount,
} from '../types.js';
import { waitForRequest, type WaitOptions } from '../wait-for-request.js';
import { Resource } from './resource.js';

const PROJECT = '/v1/projects/{projectId}/leased-accounts';
const ORGANIZATION = '/v1/leased-accounts';

/** A request of a project, or without `projectId` of any project of the organization. */
export interface RequestRef {
  requestId: string;
  projectId?: string | undefined;
}

/** Warmed accounts and the requests for them. The key needs the scope `leased:write`. */
export class LeasedAccounts extends Resource {
  /** Asks for accounts. They are charged when they are assigned, not now. */
  request(body: LeaseRequestBody, options?: RequestOptions): ApiPromise<LeaseRequestReceipt> {
    if (typeof body !== 'object' || body === null) {
      throw new TypeError('request takes what to ask for: request({ projectId, count, niche: { vertical } }).');
    }
    return this.send('post', `${PROJECT}/request`, { params: { projectId: body.projectId }, body }, options);
  }

  getRequest({ requestId, projectId }: RequestRef, options?: RequestOptions): ApiPromise<LeaseRequest> {
    const params = { requestId, projectId };
    if (projectId === undefined) return this.send('get', `${ORGANIZATION}/requests/{requestId}`, { params }, options);
    return this.send('get', `${PROJECT}/requests/{requestId}`, { params }, options);
  }

  /** A request by its id alone. */
  getLeaseRequest(requestId: string, options?: RequestOptions): ApiPromise<LeaseRequest> {
    return this.getRequest({ requestId }, options);
  }

  /** Waits until the request is `assigned`, `partial` or `rejected`: minutes to days. */
  waitForRequest(requestId: string, options: WaitOptions = {}): Promise<LeaseRequest> {
    const { projectId } = options;
    const read = (perCall: RequestOptions) => this.getRequest({ requestId, projectId }, perCall);
    return waitForRequest(requestId, read, options, this.transport);
  }

  /** The newest first; without `projectId` of all projects. */
  listRequests(
    { projectId, ...query }: Query<'/v1/leased-accounts/requests'> = {},
    options?: RequestOptions,
  ): PagePromise<LeaseRequestPage> {
    if (projectId === undefined) return this.listPages(`${ORGANIZATION}/requests`, { query }, options);
    return this.listPages(`${PROJECT}/requests`, { params: { projectId }, query }, options);
  }

  /** Those that are leased, or those that were; the newest first; without `projectId` of all projects. */
  list(
    { projectId, ...query }: Query<'/v1/leased-accounts'> = {},
    options?: RequestOptions,
  ): PagePromise<LeasedAccountPage> {
    if (projectId === undefined) return this.listPages(ORGANIZATION, { query }, options);
    return this.listPages(PROJECT, { params: { projectId }, query }, options);
  }

  /** Gives an account back, at once and without a refund. */
  release(
    {
      socialAccountId,
      ...body
    }: { socialAccountId: string } & Body<`${typeof ORGANIZATION}/{socialAccountId}`, 'delete'>,
    options?: RequestOptions,
  ): ApiPromise<ReleasedAccount> {
    return this.send('delete', `${ORGANIZATION}/{socialAccountId}`, { params: { socialAccountId }, body }, options);
  }

  /** Tells staff something about an open request. */
  addNote(
    { requestId, projectId, ...body }: RequestRef & Body<`${typeof ORGANIZATION}/requests/{requestId}/notes`, 'post'>,
    options?: RequestOptions,
  ): ApiPromise<NoteReceipt> {
    const input = { params: { requestId, projectId }, body };
    if (projectId === undefined) return this.send('post', `${ORGANIZATION}/requests/{requestId}/notes`, input, options);
    return this.send('post', `${PROJECT}/requests/{requestId}/notes`, input, options);
  }

  /** Ends an open request: `rejected` when nothing was assigned, else `partial`. */
  cancel(
    { requestId, projectId, ...body }: RequestRef & Body<`${typeof ORGANIZATION}/requests/{requestId}/cancel`, 'post'>,
    options?: RequestOptions,
  ): ApiPromise<LeaseRequest> {
    const input = { params: { requestId, projectId }, body };
    if (projectId === undefined)
      return this.send('post', `${ORGANIZATION}/requests/{requestId}/cancel`, input, options);
    return this.send('post', `${PROJECT}/requests/{requestId}/cancel`, input, options);
  }
}
