import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { LeaseRequestId } from './ids.js';
import { afterCommit, beforeCommit } from './transaction-hooks.js';

interface WrittenSince {
  /** The earliest time on the rows that were committed; it may lie long before the commit. */
  since: Date;
}

/** What a commit may have made possible for other requests. */
export interface DomainEventTypes {
  walletGrew: { organizationId: string } & WrittenSince;
  /** One account, or all that were written. */
  accountsBecameAvailable: { socialAccountId: string } | WrittenSince;
  /** The balance, what is owed, or what it is measured by: the live leases and the threshold. */
  walletChanged: { organizationId: string };
  requestBlocked: { leaseRequestId: LeaseRequestId };
  /** Events for partners were written. */
  eventsRecorded: object;
  /** Deliveries of webhooks that are due now. */
  deliveriesScheduled: object;
  /** The outcomes of attempts to send webhooks; `retried` ones are tried again. */
  deliveriesSettled: { outcomes: ('delivered' | 'retried' | 'failed' | 'abandoned')[] };
  /** The demo's clock; `Clock` of this process shows it already. */
  clockMoved: { to: Date };
}

type BeforeCommitListener<Name extends keyof DomainEventTypes> = (
  em: EntityManager,
  event: DomainEventTypes[Name],
) => Promise<void>;
type Listener<Name extends keyof DomainEventTypes> = (event: DomainEventTypes[Name]) => Promise<void>;

/** Events between features within this process. An event lost in a crash is made up for by the periodic sweeps. */
@Injectable()
export class DomainEvents {
  private readonly listeners = new Map<keyof DomainEventTypes, Listener<never>[]>();
  private readonly beforeCommitListeners = new Map<keyof DomainEventTypes, BeforeCommitListener<never>>();

  on<Name extends keyof DomainEventTypes>(name: Name, listener: Listener<Name>): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener as Listener<never>]);
  }

  /** Of each event there is one such listener. It runs at the end of the transaction, in it, once for equal events. */
  onBeforeCommit<Name extends keyof DomainEventTypes>(name: Name, listener: BeforeCommitListener<Name>): void {
    this.beforeCommitListeners.set(name, listener as BeforeCommitListener<never>);
  }

  /** Listeners run after the transaction of `em` commits, and never when it is rolled back. */
  publish<Name extends keyof DomainEventTypes>(em: EntityManager, name: Name, event: DomainEventTypes[Name]): void {
    const lastStep = this.beforeCommitListeners.get(name) as BeforeCommitListener<Name> | undefined;
    if (lastStep) beforeCommit(em, `${name} ${JSON.stringify(event)}`, (inner) => lastStep(inner, event));
    for (const listener of this.listeners.get(name) ?? []) afterCommit(em, () => (listener as Listener<Name>)(event));
  }
}
