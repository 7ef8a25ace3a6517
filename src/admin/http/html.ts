import { toHashedAddress } from '../bundle/panel-assets.js';
import type { SignedInStaff } from '../../staff/sign-in.service.js';
import type { PanelStaff } from './panel-request.js';
import { panelPath } from './paths.js';

const loadedAddress = new RegExp(`(src|href)="${panelPath}(/[^"]+)"`, 'g');

/**
 * AdminJS's page with the nonce on its scripts and the hashed addresses of what it loads, and without the web font that it would
 * fetch from elsewhere.
 */
export function prepareAdminJsPage(html: string, nonce: string): string {
  return html
    .replace(/<link[^>]*fonts\.googleapis\.com[^>]*>/g, '')
    .replace(loadedAddress, (_, name: string, address: string) => `${name}="${panelPath}${toHashedAddress(address)}"`)
    .replace(/<script(?=[\s>])/g, `<script nonce="${nonce}"`);
}

/** AdminJS writes it unescaped into a script of its pages, so no text in it may end a script. */
export function toPanelStaff({ staffId, email, name, role }: SignedInStaff): PanelStaff {
  return { id: staffId, email: replaceAngleBrackets(email), name: replaceAngleBrackets(name), role };
}

/** AdminJS writes the sign-in page's message between quotes of a script. */
export function escapeForSignInScript(sentence: string): string {
  return replaceAngleBrackets(sentence).replace(/[\\'"\n\r]/g, ' ');
}

function replaceAngleBrackets(text: string): string {
  return text.replaceAll('<', '‹').replaceAll('>', '›');
}
