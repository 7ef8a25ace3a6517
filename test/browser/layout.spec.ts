import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { makeDemoOnce, type Demo } from '../../src/demo/make-demo.js';
import type { Role } from '../../src/authorization/roles.js';
import { aColleague } from '../http/admin/panel.js';
import { startPanelApp, testSettings, type TestApp } from '../support/app.js';
import { createTestDatabase } from '../support/database.js';
import { startChromium } from './support/chromium.js';
import { Workspace, requestPage } from './support/workspace.js';

let service: TestApp;
let browser: Browser;
let demo: Demo;
const workspaces = new Map<Role, Workspace>();
/** Where the running test sits. */
let workspace: Workspace;

beforeAll(async () => {
  const database = await createTestDatabase();
  demo = (await makeDemoOnce(testSettings(database.url)))!;
  const [app, chromium] = await Promise.all([startPanelApp({}, database.url), startChromium()]);
  service = { ...app, close: () => app.close().then(database.drop) };
  browser = chromium;
});
afterEach(() => expect(workspace.errors.splice(0)).toEqual([]));
afterAll(async () => {
  await browser.close();
  await service.close();
});

/** The workspace of the demo's person of that role; they stay signed in for all tests. */
async function at(role: Role): Promise<Workspace> {
  let signedIn = workspaces.get(role);
  if (!signedIn) {
    signedIn = await Workspace.open(browser, service, `demo-${role}`);
    workspaces.set(role, signedIn);
    await signedIn.signIn(demo.signIns.find((signIn) => signIn.role === role)!);
  }
  workspace = signedIn;
  return workspace;
}

const lists = [
  'Requests',
  'Pool',
  'Leases',
  'Partners',
  'Projects',
  'API keys',
  'Wallets',
  'Ledger',
  'Notes',
  'Audit log',
];
lists.push('Staff');

describe('The panel with the demo’s data, at 1600 and at 1280 pixels', () => {
  it.each<Role>(['operator', 'finance'])('shows the queue and a request to %s', async (role) => {
    const { page } = await at(role);
    await page.getByText(/open requests want/).waitFor();
    await workspace.screenshot('queue');
    await workspace.expectPlainWords();
    await page
      .getByRole('link', { name: /Quinn Coffee/ })
      .first()
      .click();
    await requestPage(page).assigned.waitFor();
    await workspace.screenshot('request');
    await workspace.expectPlainWords();
  });

  it.each([
    [1440, 800],
    [1024, 768],
  ])(
    'names the account of the next assignment in full, and shows all of the menu, at %i × %i',
    async (width, height) => {
      const { page } = await at('admin');
      await page.setViewportSize({ width, height });
      const [request] = await service.dataSource.query(
        "SELECT id FROM lease_request WHERE status = 'requested' AND vertical = 'coffee'",
      );
      await workspace.goTo(`/resources/lease-requests/records/${request.id}/fulfil`);
      const handle = page.getByRole('region', { name: 'The next assignment' }).locator('.lc-ellipsis');
      await handle.getByText(/^@/).waitFor();
      expect(await handle.evaluate((box) => box.scrollWidth <= box.clientWidth)).toBe(true);
      const signOut = await page.getByRole('button', { name: 'Sign out' }).boundingBox();
      expect(signOut!.y + signOut!.height).toBeLessThanOrEqual(height);
    },
  );

  it('keeps its columns whatever stands in them, and shows what blocks a request at 1280 too', async () => {
    const { page } = await at('operator');
    const [row] = await service.dataSource.query(
      "SELECT id, vertical, project_id, organization_id FROM lease_request WHERE status = 'requested' AND blocker = 'policy'",
    );
    const word = 'Donaudampfschifffahrt'.repeat(5).slice(0, 100);
    const names = await service.dataSource.query(
      `SELECT organization.name AS partner, project.name AS project FROM organization, project WHERE organization.id = $1 AND project.id = $2`,
      [row.organization_id, row.project_id],
    );
    await service.dataSource.query('UPDATE lease_request SET vertical = $2 WHERE id = $1', [row.id, word]);
    await service.dataSource.query('UPDATE organization SET name = $2 WHERE id = $1', [row.organization_id, word]);
    await service.dataSource.query('UPDATE project SET name = $2 WHERE id = $1', [row.project_id, word]);
    try {
      await workspace.goTo('');
      await page.locator(`#${row.id}`).getByText(word).first().waitFor();
      await workspace.screenshot('long-words');
      const note = page.locator(`#${row.id}`).getByText(/We are looking at your request/);
      const shown = async (width: number) => {
        await page.setViewportSize({ width, height: 860 });
        const visible = await Promise.all((await note.all()).map((one) => one.isVisible()));
        return visible.filter(Boolean).length;
      };
      expect([await shown(1280), await shown(1600)]).toEqual([1, 1]);
      await workspace.goTo('/pages/dashboard');
      await page.getByRole('heading', { name: 'What to warm next' }).waitFor();
      await workspace.screenshot('long-words-dashboard');
      await service.dataSource.query('UPDATE organization SET name = $2 WHERE id = $1', [
        row.organization_id,
        'شركة القهوة والشاي والحلويات الشرقية المحدودة '.repeat(4).slice(0, 120),
      ]);
      await workspace.goTo('/resources/wallets');
      await page.getByText('شركة القهوة').waitFor();
      await workspace.screenshot('long-words-wallets');
    } finally {
      await service.dataSource.query('UPDATE lease_request SET vertical = $2 WHERE id = $1', [row.id, row.vertical]);
      await service.dataSource.query('UPDATE organization SET name = $2 WHERE id = $1', [
        row.organization_id,
        names[0].partner,
      ]);
      await service.dataSource.query('UPDATE project SET name = $2 WHERE id = $1', [row.project_id, names[0].project]);
    }
  });

  it('tells an operator why nothing is assigned to a suspended partner, and a viewer nothing of assigning', async () => {
    for (const [role, buttons] of [
      ['operator', 1],
      ['viewer', 0],
    ] as const) {
      const { page } = await at(role);
      await workspace.goTo('');
      await page.getByRole('link', { name: /Velvet Static/ }).click();
      await page.getByText('partner suspended').waitFor();
      await workspace.screenshot('suspended');
      const assign = page.getByRole('button', { name: /^Assign — / });
      expect([role, await assign.count()]).toEqual([role, buttons]);
      if (buttons > 0) expect(await assign.innerText()).toContain('Velvet Static is suspended');
      expect(workspace.errors).toEqual([]);
    }
  });

  it.each(['social-accounts', 'staff'])('asks in a form for a new record of %s', async (resource) => {
    const { page } = await at('admin');
    await workspace.goTo(`/resources/${resource}/actions/new`);
    await page.getByRole('button', { name: 'Create' }).waitFor();
    await workspace.screenshot(`${resource}-form`);
    await workspace.expectPlainWords();
  });

  it('filters a list, and says so where nothing matches', async () => {
    const { page } = await at('viewer');
    await workspace.goTo('/resources/social-accounts');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('textbox', { name: 'Handle', exact: true }).fill('nobody has this handle');
    await workspace.screenshot('filter');
    await workspace.expectPlainWords();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Nothing matches this filter.').waitFor();
    await workspace.screenshot('filtered');
    await page.getByRole('link', { name: 'Show everything' }).click();
    await page.getByRole('link', { name: /^@/ }).first().waitFor();
  });

  it('tells whoever mistypes the password so, and keeps them out', async () => {
    workspace = await Workspace.open(browser, service, 'wrong-password');
    const { page } = workspace;
    await workspace.goTo('/login');
    await page.getByLabel('Email').fill('operator@demo.example');
    await page.getByLabel('Password').fill('mistyped');
    workspace.ignoreErrors(/401/);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('The email or the password is wrong.').waitFor();
    await workspace.screenshot('refused');
    await workspace.goTo('');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('leads from its menu to every list', async () => {
    const { page } = await at('admin');
    for (const title of lists) {
      await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: title, exact: true }).click();
      await page.getByRole('heading', { name: new RegExp(`^${title}`) }).waitFor();
      await page.getByRole('table').locator('tbody tr').first().waitFor();
    }
  });
});

describe('The panel on its first day', () => {
  it('says what will come where nothing is yet', async () => {
    const empty = await startPanelApp();
    try {
      workspace = await Workspace.open(browser, empty, 'first-day');
      await workspace.signIn(await aColleague(empty, 'admin', 'Ada'));
      await workspace.page.getByText('The queue is empty.').waitFor();
      await workspace.screenshot('queue');
      for (const resource of ['lease-requests', 'wallets', 'request-notes']) {
        await workspace.goTo(`/resources/${resource}`);
        await workspace.page.getByText(/^(Nothing here yet|No notes yet)\.$/).waitFor();
        await workspace.screenshot(resource);
        await workspace.expectPlainWords();
      }
    } finally {
      await empty.close();
    }
  });
});
