import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { EntityManager } from 'typeorm';
import { toHandleKey } from '../account-pool/account-fields.js';
import type { Role } from '../authorization/roles.js';
import type { ReadySettings } from '../config/settings.js';
import { Clock } from '../core/clock.js';
import { readDatabaseTime } from '../core/database-time.js';
import { newId } from '../core/ids.js';
import { literal, queryRow, queryRows, sql } from '../core/sql.js';
import { toTextKey } from '../core/text-key.js';
import { textKeySql } from '../core/text-key-sql.js';
import { Transactions } from '../core/transactions.js';
import { isInRealUse, recordUse } from '../demo-clock/demo-mode.js';
import { StaffService } from '../staff/staff.service.js';
import { DemoModule } from './demo.module.js';
import { earlyPartners } from './early-partners.js';
import { laterPartners } from './later-partners.js';
import { PUBLISHED_PROJECT_ID, toPublishedCurl } from './published-page.js';
import { days, people, type DemoPartner, type Person } from './scenario.js';
import { createPool } from './seed-accounts.js';
import type { SeedClock } from './seed-clock.js';
import { SeedSteps } from './seed-steps.js';
import { SeededRandom } from './seeded-random.js';
import type { SingleTransaction } from './single-transaction.js';

/** Shown once, when the demo is made. */
export interface Demo {
  /** One for each role. */
  signIns: { role: Role; email: string; password: string }[];
  partner: { name: string; organizationId: string; projectId: string; apiKey: string; apiKeyId: string };
}

/** Of two services that start at the same time, one makes the demo. Any number that no other advisory lock of this database has. */
const DEMO_LOCK = 7_214_530_003;
const POOL_SIZE = 300;
const SEED = 20_261_031;
const MINUTE_MS = 60_000;
const STAFF_SINCE_MINUTES = days(90);

/** Of several at the same time, the one added first runs first. */
interface ScheduledStep {
  at: Date;
  run: () => Promise<unknown>;
}

type MinutesAgo = (minutes: number) => Date;

/**
 * Makes the demo data in a migrated database that has none, in one transaction, by calls of the services with their clock in the past.
 * Call it before the application is created: passport has one strategy of a name in a process, that of the last application.
 * @returns what to print; `null` where the demo exists or the database is in real use
 */
export async function makeDemoOnce(settings: ReadySettings): Promise<Demo | null> {
  const services = await NestFactory.createApplicationContext(DemoModule.forSettings(settings), {
    logger: false,
    abortOnError: false,
  });
  try {
    const transactions = services.get<SingleTransaction>(Transactions);
    return await transactions.runSingle(async (em) => {
      await queryRows(
        em,
        sql`SELECT set_config(name, '0', true) FROM pg_settings
          WHERE name IN ('statement_timeout', 'transaction_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')`,
      );
      await queryRows(em, sql`SELECT pg_advisory_xact_lock(${literal(DEMO_LOCK)})`);
      await recordUse(em, true);
      if (await isInRealUse(em)) return null;
      return (await hasDemo(em)) ? null : makeDemo(services, em);
    });
  } finally {
    await services.close();
  }
}

/** @returns what to print, and below it the request as a shell takes it */
export function toDemoText({ signIns, partner }: Demo, origin: string): { text: string; curl: string } {
  const lines = signIns.map(({ role, email, password }) => `  ${role.padEnd(10)}${email.padEnd(26)}${password}`);
  const text = `
Demo data, shown only once. Sign in at ${origin}/admin:
${lines.join('\n')}

The key of ${partner.name}:
  ${partner.apiKey}

A request to paste:`;
  return { text, curl: toPublishedCurl(origin, partner.projectId, partner.apiKey) };
}

/** Staff are never deleted and keep their email, whatever else of the demo is changed. */
async function hasDemo(em: EntityManager): Promise<boolean> {
  const found = await queryRows(em, sql`SELECT id FROM staff_user WHERE ${textKeySql(sql`email`)} = ${toEmail('ada')}`);
  return found.length > 0;
}

/** Only one person of each role signs in, so that the role names the email. */
function toEmail(person: Person): string {
  const { role, signsIn } = people[person];
  return `${signsIn ? role : person}@demo.example`;
}

async function makeDemo(services: INestApplicationContext, em: EntityManager): Promise<Demo> {
  const clock = services.get<SeedClock>(Clock);
  const now = await readDatabaseTime(em);
  const minutesAgo: MinutesAgo = (minutes) => new Date(now.getTime() - minutes * MINUTE_MS);
  const random = new SeededRandom(SEED);
  const steps = new SeedSteps(services, em, random);

  clock.moveTo(minutesAgo(STAFF_SINCE_MINUTES));
  const signIns = await createStaff(services, steps);

  const schedule: ScheduledStep[] = [];
  const takenHandles = await readTakenHandles(em);
  for (const account of createPool(POOL_SIZE, random)) {
    if (takenHandles.has(toHandleKey(account.handle))) continue;
    const at = minutesAgo(days(account.createdDaysAgo) + random.between(0, 600));
    schedule.push({ at, run: () => steps.addAccount(account) });
  }
  let publishedPartner: Demo['partner'] | undefined;
  for (const partner of [...earlyPartners, ...laterPartners]) {
    const renamed = await avoidTakenNames(em, partner);
    const at = minutesAgo(days(partner.joinedDaysAgo));
    const run = async () => {
      const created = await addPartner(steps, renamed, schedule, minutesAgo);
      if (partner.projectId === PUBLISHED_PROJECT_ID) publishedPartner = created;
    };
    schedule.push({ at, run });
  }
  await runInOrder(schedule, clock, steps);
  return { signIns, partner: publishedPartner! };
}

/** A step may add later ones. */
async function runInOrder(schedule: ScheduledStep[], clock: SeedClock, steps: SeedSteps): Promise<void> {
  while (schedule.length > 0) {
    const next = schedule.reduce((earliest, step) => (step.at < earliest.at ? step : earliest));
    schedule.splice(schedule.indexOf(next), 1);
    clock.moveTo(next.at);
    await next.run();
    await steps.expireClaims();
  }
}

async function createStaff(services: INestApplicationContext, steps: SeedSteps): Promise<Demo['signIns']> {
  const signIns: Demo['signIns'] = [];
  const staff = services.get(StaffService, { strict: false });
  const caller = { kind: 'system' as const, name: 'demo', callId: newId('req') };
  for (const person of Object.keys(people) as Person[]) {
    const { name, role, signsIn } = people[person];
    const email = toEmail(person);
    const { staffId, password } = await staff.create(caller, { email, name, role });
    steps.registerStaff(person, staffId);
    if (signsIn) signIns.push({ role, email, password: password! });
  }
  return signIns;
}

/** The database may hold accounts that an operator imported before the first start with a demo. */
async function readTakenHandles(em: EntityManager): Promise<Set<string>> {
  const found = await queryRows<{ key: string }>(em, sql`SELECT ${textKeySql(sql`handle`)} AS key FROM social_account`);
  return new Set(found.map(({ key }) => key));
}

async function avoidTakenNames(em: EntityManager, partner: DemoPartner): Promise<DemoPartner> {
  const taken = await queryRow<{ name: boolean; project: boolean }>(
    em,
    sql`SELECT EXISTS (SELECT 1 FROM organization WHERE ${textKeySql(sql`name`)} = ${toTextKey(partner.name)}) AS name,
            EXISTS (SELECT 1 FROM project WHERE id = ${partner.projectId ?? null}) AS project`,
  );
  return {
    ...partner,
    name: taken!.name ? `${partner.name} (demo)` : partner.name,
    projectId: taken!.project ? undefined : partner.projectId,
  };
}

/** Creates a partner and schedules everything that happens to it later. */
async function addPartner(
  steps: SeedSteps,
  partner: DemoPartner,
  schedule: ScheduledStep[],
  minutesAgo: MinutesAgo,
): Promise<Demo['partner']> {
  const created = await steps.createPartner(partner);
  const { organizationId, apiKey, apiKeyId, projects } = created;
  if (partner.killedKey) await steps.createKilledKey(organizationId, partner.killedKey);
  if (partner.lowBalanceCents) await steps.setLowBalance(organizationId, partner.lowBalanceCents);
  for (const { daysAgo, cents, reference } of partner.topUps ?? []) {
    schedule.push({ at: minutesAgo(days(daysAgo)), run: () => steps.topUp(organizationId, cents, reference) });
  }
  for (const { daysAgo, cents, reason } of partner.adjustments ?? []) {
    schedule.push({ at: minutesAgo(days(daysAgo)), run: () => steps.adjust(organizationId, cents, reason) });
  }
  if (partner.suspendedDaysAgo) {
    schedule.push({ at: minutesAgo(days(partner.suspendedDaysAgo)), run: () => steps.suspend(organizationId) });
  }
  for (const request of partner.requests) {
    const projectId = projects[request.project ?? 0]!.id;
    schedule.push({
      at: minutesAgo(request.minutesAgo),
      run: async () => {
        const submitted = await steps.submit(created, projectId, request.body);
        for (const action of request.actions) {
          const times = 'assign' in action ? action.assign : 1;
          const everyMinutes = 'assign' in action ? (action.everyMinutes ?? 0) : 0;
          for (let time = 0; time < times; time += 1) {
            const at = minutesAgo(request.minutesAgo - action.afterMinutes - time * everyMinutes);
            schedule.push({ at, run: () => steps.perform(submitted, action) });
          }
        }
      },
    });
  }
  return { name: partner.name, organizationId, projectId: projects[0]!.id, apiKey, apiKeyId };
}
