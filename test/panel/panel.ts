import { randomUUID } from 'node:crypto';
import { agent, type Test } from 'supertest';
import type { StaffCaller } from '../../src/audit/actor.js';
import { newId } from '../../src/common/ids.js';
import type { Role } from '../../src/staff/permissions.js';
import { StaffService } from '../../src/staff/staff.service.js';
import type { TestApp } from '../support/app.js';
import { theSystem } from '../support/makers.js';

/** What the panel's API answers, as far as tests look at it. */
export interface Answer {
  status: number;
  text: string;
  notice?: { type: string; message: string };
  record?: { id: string; params: Record<string, unknown>; recordActions: { name: string }[] };
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
  get(path: string): Promise<Answer>;
  act(resource: string, id: string, action: string, body?: unknown): Promise<Answer>;
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
function at(browser: Browser, colleague: Colleague): Person {
  const { staffId, email, role } = colleague;
  return {
    ...colleague,
    browser,
    caller: { kind: 'staff', staffId, name: email.split('@')[0]!, role, requestId: newId('req') },
    get: async (path) => answerOf(await browser.get(`/admin/api${path}`)),
    act: async (resource, id, action, body) =>
      answerOf(await browser.post(recordPath(resource, id, action)).send(asBody(body))),
    create: async (resource, body) =>
      answerOf(await browser.post(`/admin/api/resources/${resource}/actions/new`).send(asBody(body))),
  };
}

export function recordPath(resource: string, id: string, action: string): string {
  return `/admin/api/resources/${resource}/records/${id}/${action}`;
}

function asBody(body: unknown): object | undefined {
  return body as object | undefined;
}

export function answerOf(response: { status: number; text: string; body: unknown }): Answer {
  const body = response.body as Record<string, unknown>;
  const { notice, record } = body as Pick<Answer, 'notice' | 'record'>;
  return { status: response.status, text: response.text, notice, record, body };
}
