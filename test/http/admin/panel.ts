import { randomUUID } from 'node:crypto';
import type { Response, Test } from 'supertest';
import { agent } from '../../support/agent.js';
import type { StaffCaller } from '../../../src/authorization/actor.js';
import { newId } from '../../../src/core/ids.js';
import { Transactions } from '../../../src/core/transactions.js';
import type { Role } from '../../../src/authorization/roles.js';
import { StaffService } from '../../../src/staff/staff.service.js';
import type { TestApp } from '../../support/app.js';
import { theSystem } from '../../support/makers.js';

/** What the panel's API answers, as far as tests look at it. */
export interface Answer {
  status: number;
  text: string;
  /** Of the call, as its answer names it. */
  requestId: string;
  notice?: { type: string; message: string };
  record?: { id: string; params: Record<string, unknown>; recordActions: { name: string }[] };
  records?: { id: string; params: Record<string, unknown>; populated: Record<string, unknown> }[];
  body: Record<string, unknown>;
}

/** A colleague who can sign in. */
export interface Colleague {
  staffId: string;
  email: string;
  password: string;
  role: Role;
}

export type Browser = ReturnType<typeof agent>;

/** A colleague at a browser of the own, signed in. */
export interface Person extends Colleague {
  browser: Browser;
  /** As services see this person. */
  caller: StaffCaller;
  /** Reads from the panel's API. */
  get(path: string): Promise<Answer>;
  /** Does something to a record. */
  act(resource: string, id: string, action: string, body?: unknown): Promise<Answer>;
  /** Makes a record. */
  create(resource: string, body: unknown): Promise<Answer>;
}

export async function aColleague(service: TestApp, role: Role, name?: string): Promise<Colleague> {
  const email = `${role}.${randomUUID()}@staff.example`;
  const password = `pass-${randomUUID()}`;
  const staff = service.app.get(StaffService, { strict: false });
  const { staffId } = await staff.create(theSystem(), { email, role, password, ...(name && { name }) });
  return { staffId, email, password, role };
}

/** Signs in by the form, as the page does. */
export function signIn(browser: Browser, { email, password }: { email: string; password: string }): Test {
  return browser.post('/admin/login').type('form').send({ email, password });
}

export async function signedIn(service: TestApp, role: Role, name?: string): Promise<Person> {
  const colleague = await aColleague(service, role, name);
  const browser = agent(service.baseUrl);
  const answer = await signIn(browser, colleague);
  if (answer.status !== 302) throw new Error(`Could not sign in: ${answer.status} ${answer.text}`);
  return at(browser, colleague);
}

/** The calls of a signed-in colleague. */
export function at(browser: Browser, colleague: Colleague): Person {
  const { staffId, email, role } = colleague;
  const send = async (path: string, body: unknown) =>
    answerOf(await browser.post(path).send(body as object | undefined));
  return {
    ...colleague,
    browser,
    caller: { kind: 'staff', staffId, name: email.split('@')[0]!, role, callId: newId('req') },
    get: async (path) => answerOf(await browser.get(`/admin/api${path}`)),
    act: (resource, id, action, body) => send(recordPath(resource, id, action), body),
    create: (resource, body) => send(`/admin/api/resources/${resource}/actions/new`, body),
  };
}

export function recordPath(resource: string, id: string, action: string): string {
  return `/admin/api/resources/${resource}/records/${id}/${action}`;
}

export function answerOf(response: Pick<Response, 'status' | 'text' | 'body' | 'headers'>): Answer {
  const body = response.body as Record<string, unknown>;
  const { notice, record, records } = body as Pick<Answer, 'notice' | 'record' | 'records'>;
  const requestId = response.headers['x-request-id']!;
  return { status: response.status, text: response.text, requestId, notice, record, records, body };
}

/**
 * The state of everything that an action may change. It differs when any row was added, changed or deleted: `xmin` is the
 * transaction that wrote the row as it is, and later ones have higher numbers, so that as many rows cannot come to the same sum.
 */
export async function everything(service: TestApp): Promise<string> {
  // What an earlier change has set off belongs to that one.
  await service.app.get(Transactions, { strict: false }).idle();
  const tables = ['organization', 'project', 'api_key', 'social_account', 'lease_request', 'request_note', 'lease'];
  tables.push('ledger_account', 'ledger_transfer', 'audit_event', 'staff_user', 'vertical_synonym');
  const parts = tables.map(
    (table) => `(SELECT concat('${table} ', count(*), ' ', sum(xmin::text::bigint)) FROM ${table})`,
  );
  const [{ whole }] = await service.dataSource.query(`SELECT concat_ws(', ', ${parts.join(', ')}) AS whole`);
  return whole as string;
}

/** Whether the session of a browser is good. */
export async function isIn(browser: Browser): Promise<boolean> {
  return (await browser.get('/admin/api/resources/projects/actions/list')).status === 200;
}
