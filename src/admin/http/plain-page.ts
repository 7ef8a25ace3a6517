import type { Request, RequestHandler, Response } from 'express';
import { DomainError } from '../../core/errors.js';
import { setCallFailure } from '../../partner-api/call-failure.js';
import { readBody } from '../../partner-api/request-body.js';
import { toPanelError } from './error-messages.js';
import { toHashedAddress } from '../bundle/panel-assets.js';
import { assetsPath, panelPath } from './paths.js';

/** HTML that is written unescaped. */
export class Html {
  constructor(readonly text: string) {}
}

/** A page outside AdminJS, without a script. */
export interface PlainPage {
  title: string;
  body: Html;
  wide?: boolean;
}

const MAX_FORM_BYTES = 16 * 1024;

/** Parses the body of a plain page's form. */
export const readForm: RequestHandler = (request, _response, next) => {
  if (!request.is('application/x-www-form-urlencoded')) return next();
  readBody(request, MAX_FORM_BYTES).then((body) => {
    request.body = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    next();
  }, next);
};

/** Empty where the body is no form. */
export function getFields(request: Request): Record<string, unknown> {
  return (request.body ?? {}) as Record<string, unknown>;
}

/** Tagged template: values are escaped unless they are `Html`; `null`, `undefined` and `false` are left out. */
export function html(parts: TemplateStringsArray, ...values: unknown[]): Html {
  return new Html(
    parts.map((part, index) => part + (index < values.length ? renderValue(values[index]) : '')).join(''),
  );
}

/** An error above the fields. */
export function alert(sentence: string | null | undefined): Html | null {
  return sentence === null || sentence === undefined
    ? null
    : html`<div class="lc-alert" role="alert">
        <span aria-hidden="true">▲</span>
        <div>${sentence}</div>
      </div>`;
}

/** Sets the status, and returns the message for the form. @throws what is no `DomainError` */
export function toFormError(response: Response, thrown: unknown): string {
  if (!(thrown instanceof DomainError)) throw thrown;
  setCallFailure(response, thrown);
  const { sentence, status, retryAfterSeconds } = toPanelError(thrown, '');
  if (retryAfterSeconds) response.setHeader('Retry-After', String(retryAfterSeconds));
  response.status(status);
  return sentence;
}

export function showPlainPage(response: Response, { title, body, wide }: PlainPage): void {
  const sheets = ['base', 'frame', 'components', 'states', 'fields', 'account'];
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
