import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { Role } from '../../../src/authorization/roles.js';
import { aColleague } from '../../http/admin/panel.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectCleanBooks } from '../../support/ledger.js';
import { startChromium } from './chromium.js';
import { Workspace } from './workspace.js';

/** A service and a browser for the specs of one file. After each of them no request is claimed. */
export class Console {
  service: TestApp;
  browser: Browser;
  private readonly workspaces: Workspace[] = [];

  /** Registers the hooks of the file. @param name begins the file name of its screenshots */
  constructor(private readonly name: string) {
    beforeAll(async () => {
      [this.service, this.browser] = await Promise.all([startTestApp(), startChromium()]);
    });
    afterEach(() => this.closeWorkspaces());
    afterAll(async () => {
      await this.browser.close();
      await this.service.close();
    });
  }

  /** A browser in which nobody is signed in. */
  async open(name: string): Promise<Workspace> {
    const workspace = await Workspace.open(this.browser, this.service, `${this.name}-${name}`);
    this.workspaces.push(workspace);
    return workspace;
  }

  /** A new colleague of that role, signed in. @param place below `/admin`, where they begin */
  async signIn(role: Role, name: string, place = ''): Promise<Workspace> {
    const [workspace, colleague] = await Promise.all([this.open(name), aColleague(this.service, role, name)]);
    await workspace.signIn(colleague, place);
    return workspace;
  }

  private async closeWorkspaces(): Promise<void> {
    const workspaces = this.workspaces.splice(0);
    const errors = workspaces.flatMap((workspace) => workspace.errors);
    await Promise.all(workspaces.map((workspace) => workspace.close()));
    await this.service.dataSource.query(
      "UPDATE lease_request SET claimed_by = NULL, claimed_until = NULL WHERE status = 'requested'",
    );
    expect(errors).toEqual([]);
    await expectCleanBooks(this.service);
  }
}

/** The address of a request's page below `/admin`. */
export const toRequestPath = (request: { id: string }) => `/resources/lease-requests/records/${request.id}/fulfil`;

/** Runs in the page: whether all of that stands in the window, above the keys at its foot. */
export function isWhole(selector: string): boolean {
  const { top, bottom } = document.querySelector(selector)!.getBoundingClientRect();
  return top >= 0 && bottom <= document.querySelector('.lc-keys')!.getBoundingClientRect().top;
}

export const getRow = (workspace: Workspace, id: string) => workspace.page.locator(`#${id}`);

/** Waits until the queue shows what its address asks for, and that is so many rows. */
export async function waitForRows({ page }: Workspace, count: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('[aria-busy="false"] > * > .lc-queue > tbody > tr').length === wanted,
    count,
  );
}

/** Waits until this row or candidate is selected and stands between these edges, to the pixel. */
export async function waitForSelected(
  { page }: Workspace,
  id: string,
  above: string | null,
  below: string,
): Promise<void> {
  await page.waitForFunction(
    ([selectedId, upper, lower]) => {
      const element = document.getElementById(selectedId!);
      if (!element) return false;
      const { top, bottom } = element.getBoundingClientRect();
      const edge = (selector: string) => document.querySelector(selector)?.getBoundingClientRect();
      const floor = edge(lower!);
      const ceiling = upper === null ? 0 : edge(upper!)?.bottom;
      return element.classList.contains('on') && floor && top > ceiling! - 1 && bottom < floor.top + 1;
    },
    [id, above, below] as const,
  );
}

/** Runs in the page: whether the element is too narrow for its text. */
export const isCut = (element: Element): boolean => element.scrollWidth > element.clientWidth;
