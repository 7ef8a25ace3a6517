import type { SignedInStaff } from '../staff/sign-in.service.js';
import type { PanelStaff } from './panel-call.js';

/** AdminJS's page with the nonce on its scripts, and without the web font that it would fetch from elsewhere. */
export function ownPage(html: string, nonce: string): string {
  return html
    .replace(/<link[^>]*fonts\.googleapis\.com[^>]*>/g, '')
    .replace(/<script(?=[\s>])/g, `<script nonce="${nonce}"`);
}

/** AdminJS writes the signed-in person unescaped into a script of its pages, so nothing in here may end one. */
export function panelStaff({ staffId, email, name, role }: SignedInStaff): PanelStaff {
  return { id: staffId, email: harmless(email), name: harmless(name), role };
}

/** A sentence for the sign-in page, which AdminJS writes between quotes of a script. */
export function harmlessSentence(sentence: string): string {
  return harmless(sentence).replace(/[\\'"\n\r]/g, ' ');
}

function harmless(text: string): string {
  return text.replaceAll('<', '‹').replaceAll('>', '›');
}
