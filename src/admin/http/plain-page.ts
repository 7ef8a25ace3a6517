import express, { type Request, type Response } from 'express';
import { DomainError } from '../../core/errors.js';
import { toPanelError } from './error-messages.js';
import { toHashedAddress } from '../bundle/panel-assets.js';
import { assetsPath, panelPath } from './paths.js';

/** HTML that may stand in a page as it is. */
export class Html {
  constructor(readonly text: string) {}
}

/** A page of its own, outside AdminJS: a card and a form, without a script. */
export interface PlainPage {
  title: string;
  body: Html;
  /** Wider than a form of two fields needs. */
  wide?: boolean;
}

/** Reads what the form of such a page sends. */
export const readForm = express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 20 });

/** The fields of the form; whatever is no form has none. */
export function fieldsOf(request: Request): Record<string, unknown> {
  return (request.body ?? {}) as Record<string, unknown>;
}

/** Writes HTML; every value is escaped but for HTML itself, and nothing stands for `null` and `false`. */
export function html(parts: TemplateStringsArray, ...values: unknown[]): Html {
  return new Html(
    parts.map((part, index) => part + (index < values.length ? renderValue(values[index]) : '')).join(''),
  );
}

/** A refusal in its place above the fields. */
export function alert(sentence: string | null | undefined): Html | null {
  return sentence === null || sentence === undefined
    ? null
    : html`<div class="lc-alert" role="alert">
        <span aria-hidden="true">▲</span>
        <div>${sentence}</div>
      </div>`;
}

/** What a page says of a refusal; what is no refusal goes on as our own trouble. */
export function toFormError(response: Response, thrown: unknown): string {
  if (!(thrown instanceof DomainError)) throw thrown;
  const { sentence, status, retryAfterSeconds } = toPanelError(thrown, '');
  if (retryAfterSeconds) response.setHeader('Retry-After', String(retryAfterSeconds));
  response.status(status);
  return sentence;
}

export function showPlainPage(response: Response, { title, body, wide }: PlainPage): void {
  const sheets = ['base', 'frame', 'components', 'fields', 'account'];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Lease console</title>
        <link rel="icon" href="${toAssetAddress('icon.svg')}" />
        ${sheets.map((name) => html`<link rel="stylesheet" href="${toAssetAddress(`${name}.css`)}" />`)}
      </head>
      <body class="lc-plain">
        <div id="app">
          <main class="lc-login">
            <div class="lc-card lc-plain-card ${wide && 'wide'}">
              <div class="lc-brand"><span class="lc-brand-mark" aria-hidden="true">L</span>Lease console</div>
              <h1>${title}</h1>
              ${body}
            </div>
          </main>
        </div>
      </body>
    </html>`;
  response.type('html').send(page.text);
}

function toAssetAddress(name: string): string {
  return panelPath + toHashedAddress(`${assetsPath}/${name}`);
}

function renderValue(value: unknown): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(renderValue).join('');
  if (value === null || value === undefined || value === false) return '';
  const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return String(value).replace(/[&<>"']/g, (character) => escapes[character]!);
}
