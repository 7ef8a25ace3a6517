import { panelPath } from './paths.js';

const MAX_LENGTH = 2_000;
const PARAM = 'next';
/** Begins below the panel; no backslash, space or control character, which browsers read in ways of their own. */
const ownPath = new RegExp(`^${panelPath}[/?][^\\\\\\s\\p{Cc}]*$`, 'u');
/** Pages that come before a sign-in, and answers that are no pages. */
const notPages = ['api', 'login', 'logout', 'second-factor', 'welcome'].map((name) => `${panelPath}/${name}`);

/** The page of the panel that was asked for, with its query; null for any other address, and for the panel's first page. */
export function toReturnPath(address: unknown): string | null {
  if (typeof address !== 'string' || address.length > MAX_LENGTH || !ownPath.test(address)) return null;
  // Resolves `..`.
  const { pathname, search } = new URL(address, 'http://panel.invalid');
  const isPage = pathname === panelPath || pathname.startsWith(`${panelPath}/`);
  if (!isPage || notPages.some((path) => pathname === path || pathname.startsWith(`${path}/`))) return null;
  return pathname.replace(/\/$/, '') === panelPath && search === '' ? null : pathname + search;
}

/** The sign-in that leads to a page afterwards. */
export function toSignInPath(returnPath: string | null): string {
  const query = returnPath === null ? '' : `?${new URLSearchParams({ [PARAM]: returnPath }).toString()}`;
  return `${panelPath}/login${query}`;
}

/** Where the sign-in leads to, as its address says. */
export function readReturnPath(query: Record<string, unknown>): string | null {
  return toReturnPath(query[PARAM]);
}
