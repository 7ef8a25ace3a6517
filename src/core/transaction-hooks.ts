import { AsyncResource } from 'node:async_hooks';
import type { EntityManager, QueryRunner } from 'typeorm';

type BeforeCommitHook = (em: EntityManager) => Promise<void>;
export type AfterCommitHook = () => Promise<void>;

const beforeCommitHooks = new WeakMap<QueryRunner, Map<string, BeforeCommitHook>>();
const afterCommitHooks = new WeakMap<QueryRunner, AfterCommitHook[]>();

/**
 * Runs `hook` at the end of the transaction of `em`, as a part of it: what it throws rolls everything back.
 * @param key of hooks with the same one, the first runs alone
 */
export function beforeCommit(em: EntityManager, key: string, hook: BeforeCommitHook): void {
  const hooks = beforeCommitHooks.get(em.queryRunner!);
  if (hooks && !hooks.has(key)) hooks.set(key, AsyncResource.bind(hook));
}

/** Runs `hook` after the transaction of `em` commits, and never when it is rolled back. Its errors are ignored: the periodic sweeps make up for them. */
export function afterCommit(em: EntityManager, hook: AfterCommitHook): void {
  afterCommitHooks.get(em.queryRunner!)?.push(hook);
}

/** Takes hooks for the transaction of this runner from now on. @returns those to run after its commit, once all have been taken */
export function takeHooks(runner: QueryRunner): AfterCommitHook[] {
  const hooks: AfterCommitHook[] = [];
  afterCommitHooks.set(runner, hooks);
  beforeCommitHooks.set(runner, new Map());
  return hooks;
}

export async function runBeforeCommitHooks(runner: QueryRunner): Promise<void> {
  for (const hook of beforeCommitHooks.get(runner)?.values() ?? []) await hook(runner.manager);
}
