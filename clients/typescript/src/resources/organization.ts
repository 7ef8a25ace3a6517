import type { ApiPromise } from '../api-promise.js';
import type { RequestOptions } from '../options.js';
import type { PagePromise } from '../pages.js';
import type {
  AuditLogPage,
  Body,
  CallPage,
  KilledKey,
  ProjectPage,
  Query,
  RotatedKey,
  SandboxTime,
  SandboxTopUp,
  TransactionPage,
  Wallet as WalletView,
} from '../types.js';
import { Resource } from './resource.js';

export class Projects extends Resource {
  list(query: Query<'/v1/projects'> = {}, options?: RequestOptions): PagePromise<ProjectPage> {
    return this.listPages('/v1/projects', { query }, options);
  }
}

export class Wallet extends Resource {
  get(options?: RequestOptions): ApiPromise<WalletView> {
    return this.send('get', '/v1/wallet', {}, options);
  }

  /** The newest first. */
  transactions(query: Query<'/v1/wallet/transactions'> = {}, options?: RequestOptions): PagePromise<TransactionPage> {
    return this.listPages('/v1/wallet/transactions', { query }, options);
  }
}

/** Who did what. */
export class AuditLog extends Resource {
  /** The newest first. */
  list(query: Query<'/v1/audit-log'> = {}, options?: RequestOptions): PagePromise<AuditLogPage> {
    return this.listPages('/v1/audit-log', { query }, options);
  }
}

/** The calls of the last 7 days. */
export class Calls extends Resource {
  /** The newest first. */
  list(query: Query<'/v1/calls'> = {}, options?: RequestOptions): PagePromise<CallPage> {
    return this.listPages('/v1/calls', { query }, options);
  }
}

/** Rotating and switching off keys. The key needs the scope `keys:write`, but to kill itself. */
export class ApiKeys extends Resource {
  /** The answer holds the new key, this once. This client goes on with its own. */
  rotate(
    { apiKeyId, ...body }: { apiKeyId: string } & Body<'/v1/api-keys/{apiKeyId}/rotate', 'post'>,
    options?: RequestOptions,
  ): ApiPromise<RotatedKey> {
    return this.send('post', '/v1/api-keys/{apiKeyId}/rotate', { params: { apiKeyId }, body }, options);
  }

  /** Only staff can resume it. */
  kill(params: { apiKeyId: string }, options?: RequestOptions): ApiPromise<KilledKey> {
    return this.send('post', '/v1/api-keys/{apiKeyId}/kill', { params }, options);
  }
}

/** For test keys alone. */
export class Sandbox extends Resource {
  /** Moves the sandbox’s clock forward and runs what falls due. */
  moveClock(body: Body<'/v1/sandbox/clock', 'post'>, options?: RequestOptions): ApiPromise<SandboxTime> {
    return this.send('post', '/v1/sandbox/clock', { body }, options);
  }

  /** Puts play money into the sandbox’s wallet; what is past due is paid from it within seconds. */
  topUp(body: Body<'/v1/sandbox/top-up', 'post'>, options?: RequestOptions): ApiPromise<SandboxTopUp> {
    return this.send('post', '/v1/sandbox/top-up', { body }, options);
  }
}
