import type { LeaseRequestId } from './ids.js';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { afterCommit } from './transactions.js';

/** What was committed bears times from then on; they may lie long before the commit. */
interface WrittenSince {
  since: Date;
}

/** Something that a commit has just made possible for others, or that others may have been too early for. */
export interface DomainEventTypes {
  walletGrew: { organizationId: string } & WrittenSince;
  /** One account, or whatever was written. */
  accountsBecameAvailable: { socialAccountId: string } | WrittenSince;
  requestBlocked: { leaseRequestId: LeaseRequestId };
  /** The demo's clock; this process goes by it already. */
  clockMoved: { to: Date };
}

type Listener<Name extends keyof DomainEventTypes> = (event: DomainEventTypes[Name]) => Promise<void>;

/** Tells features of each other's commits within this process; what a crash leaves untold is made good by sweeps. */
@Injectable()
export class DomainEvents {
  private readonly listeners = new Map<keyof DomainEventTypes, Listener<never>[]>();

  on<Name extends keyof DomainEventTypes>(name: Name, listener: Listener<Name>): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener as Listener<never>]);
  }

  /** Told once the transaction of `em` is committed, and never where it is rolled back. */
  publish<Name extends keyof DomainEventTypes>(em: EntityManager, name: Name, event: DomainEventTypes[Name]): void {
    for (const listener of this.listeners.get(name) ?? []) afterCommit(em, () => (listener as Listener<Name>)(event));
  }
}
