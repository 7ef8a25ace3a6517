import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { newId } from '../core/ids.js';
import type { ReadySettings } from '../config/settings.js';
import { queryRow, queryRows } from '../core/sql.js';
import { isInRealUse, recordUse } from '../demo-clock/demo-mode.js';
import { Transactions } from '../core/transactions.js';
import type { Role } from '../authorization/roles.js';
import { StaffService } from '../staff/staff.service.js';
import { SeededRandom } from './seeded-random.js';
import type { SeedClock } from './seed-clock.js';
import { DemoModule } from './demo.module.js';
import { earlyPartners } from './early-partners.js';
import { laterPartners } from './later-partners.js';
import type { SingleTransaction } from './single-transaction.js';
import { makePool } from './seed-accounts.js';
import { PAGE_PROJECT, toPublishedCurl } from './published-page.js';
import { SeedSteps } from './seed-steps.js';
import { days, people, type DemoPartner, type Person } from './scenario.js';

/** What is told of a demo once, when it is made. */
export interface Demo {
  /** One for each role. */
  signIns: { role: Role; email: string; password: string }[];
  partner: { name: string; organizationId: string; projectId: string; apiKey: string; apiKeyId: string };
}

/** Any number that no other user of this database takes: of two services that start at once, one makes the demo. */
const DEMO_LOCK = 7_214_530_003;
const POOL_SIZE = 300;
const SEED = 20_261_031;
const MINUTE_MS = 60_000;
const STAFF_SINCE_MINUTES = days(90);

/** Something that happens at a moment of the story. Of two at one moment, the one named first comes first. */
interface Scene {
  at: Date;
  play: () => Promise<unknown>;
}

/**
 * Makes the demo data in a migrated database that has none, in one transaction: all of it is there, or none.
 * It is told through the services, with their clock moved into the past. Call it before the application is made: passport
 * knows one strategy of a name in a process, that of the application made last.
 * @returns what to print, or `null` where the demo was made before or the database is in real use
 */
export async function makeDemoOnce(settings: ReadySettings): Promise<Demo | null> {
  const services = await NestFactory.createApplicationContext(DemoModule.forSettings(settings), {
    logger: false,
    abortOnError: false,
  });
  try {
    const transactions = services.get<SingleTransaction>(Transactions);
    return await transactions.runWhole(async (em) => {
      await queryRows(
        em,
        `SELECT set_config(name, '0', true) FROM pg_settings
          WHERE name IN ('statement_timeout', 'transaction_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')`,
      );
      await queryRows(em, `SELECT pg_advisory_xact_lock(${DEMO_LOCK})`);
      await recordUse(em, true);
      if (await isInRealUse(em)) return null;
      return (await isMade(em)) ? null : toLines(services, em);
    });
  } finally {
    await services.close();
  }
}

/** What a start prints of a demo that it has just made. */
export function toDemoText({ signIns, partner }: Demo, origin: string): string {
  const lines = signIns.map(({ role, email, password }) => `  ${role.padEnd(10)}${email.padEnd(26)}${password}`);
  return `
Demo data, told this once. Sign in at ${origin}/admin:
${lines.join('\n')}

The key of ${partner.name}:
  ${partner.apiKey}

A request to paste:
${toPublishedCurl(origin, partner.projectId, partner.apiKey)}
`;
}

/** Staff are never deleted and keep their email, so this says it even when everything else of the demo was changed. */
async function isMade(em: EntityManager): Promise<boolean> {
  const found = await queryRows(em, 'SELECT id FROM staff_user WHERE lower(email) = $1', [toEmail('ada')]);
  return found.length > 0;
}

/** Of those who sign in, there is one of each role. */
function toEmail(person: Person): string {
  const { role, signsIn } = people[person];
  return `${signsIn ? role : person}@demo.example`;
}

async function toLines(services: INestApplicationContext, em: EntityManager): Promise<Demo> {
  const clock = services.get<SeedClock>(Clock);
  const now = clock.now();
  const ago = (minutes: number) => new Date(now.getTime() - minutes * MINUTE_MS);
  const chance = new SeededRandom(SEED);
  const stage = new SeedSteps(services, em, chance);

  clock.moveTo(ago(STAFF_SINCE_MINUTES));
  const signIns = await createStaff(services, stage);

  const scenes: Scene[] = [];
  const taken = await handlesTaken(em);
  for (const account of makePool(POOL_SIZE, chance)) {
    if (taken.has(account.handle.toLowerCase())) continue;
    const at = ago(days(account.createdDaysAgo) + chance.between(0, 600));
    scenes.push({ at, play: () => stage.addAccount(account) });
  }
  let shown: Demo['partner'] | undefined;
  for (const partner of [...earlyPartners, ...laterPartners]) {
    const opening = await getOpening(em, partner);
    const tellOf = (made: Demo['partner']) => {
      if (partner.projectId === PAGE_PROJECT) shown = made;
    };
    scenes.push({ at: ago(days(partner.joinedDaysAgo)), play: () => join(stage, opening, scenes, ago, tellOf) });
  }
  await playAll(scenes, clock, stage);
  return { signIns, partner: shown! };
}

/** Plays scenes in the order of their time; a scene may add later ones. */
async function playAll(scenes: Scene[], clock: SeedClock, stage: SeedSteps): Promise<void> {
  while (scenes.length > 0) {
    const next = scenes.reduce((earliest, scene) => (scene.at < earliest.at ? scene : earliest));
    scenes.splice(scenes.indexOf(next), 1);
    clock.moveTo(next.at);
    await next.play();
    await stage.release();
  }
}

async function createStaff(services: INestApplicationContext, stage: SeedSteps): Promise<Demo['signIns']> {
  const signIns: Demo['signIns'] = [];
  const staff = services.get(StaffService, { strict: false });
  const caller = { kind: 'system' as const, name: 'demo', callId: newId('req') };
  for (const person of Object.keys(people) as Person[]) {
    const { name, role, signsIn } = people[person];
    const email = toEmail(person);
    const { staffId, password } = await staff.create(caller, { email, name, role });
    stage.enter(person, staffId);
    if (signsIn) signIns.push({ role, email, password: password! });
  }
  return signIns;
}

/** An operator may have used the database before its first start with a demo: what they made stays theirs. */
async function handlesTaken(em: EntityManager): Promise<Set<string>> {
  const found = await queryRows<{ key: string }>(em, 'SELECT handle_key AS key FROM social_account');
  return new Set(found.map(({ key }) => key));
}

async function getOpening(em: EntityManager, partner: DemoPartner): Promise<DemoPartner> {
  const taken = await queryRow<{ name: boolean; project: boolean }>(
    em,
    `SELECT EXISTS (SELECT 1 FROM organization WHERE lower(name) = lower($1)) AS name,
            EXISTS (SELECT 1 FROM project WHERE id = $2) AS project`,
    [partner.name, partner.projectId ?? null],
  );
  return {
    ...partner,
    name: taken!.name ? `${partner.name} (demo)` : partner.name,
    projectId: taken!.project ? undefined : partner.projectId,
  };
}

/** A partner joins; what it does from then on becomes scenes of their own. */
async function join(
  stage: SeedSteps,
  partner: DemoPartner,
  scenes: Scene[],
  ago: (minutes: number) => Date,
  tellOf: (made: Demo['partner']) => void,
): Promise<void> {
  const made = await stage.createPartner(partner);
  const { organizationId, apiKey, apiKeyId } = made;
  tellOf({ name: partner.name, organizationId, projectId: made.projects[0]!.id, apiKey, apiKeyId });
  if (partner.killedKey) await stage.makeKilledKey(organizationId, partner.killedKey);
  if (partner.lowBalanceCents) await stage.markLow(organizationId, partner.lowBalanceCents);
  for (const { daysAgo, cents, reference } of partner.topUps ?? []) {
    scenes.push({ at: ago(days(daysAgo)), play: () => stage.topUp(organizationId, cents, reference) });
  }
  for (const { daysAgo, cents, reason } of partner.adjustments ?? []) {
    scenes.push({ at: ago(days(daysAgo)), play: () => stage.adjust(organizationId, cents, reason) });
  }
  if (partner.suspendedDaysAgo) {
    scenes.push({ at: ago(days(partner.suspendedDaysAgo)), play: () => stage.suspend(organizationId) });
  }
  for (const request of partner.requests) {
    const projectId = made.projects[request.project ?? 0]!.id;
    scenes.push({
      at: ago(request.ago),
      play: async () => {
        const staged = await stage.submit(made, projectId, request.ask);
        for (const deed of request.then) {
          const times = 'assign' in deed ? deed.assign : 1;
          for (let time = 0; time < times; time += 1) {
            const after = deed.after + time * ('every' in deed ? (deed.every ?? 0) : 0);
            scenes.push({ at: ago(request.ago - after), play: () => stage.act(staged, deed) });
          }
        }
      },
    });
  }
}
