import type { SeenChange } from '../../audit/seen-values.js';
import { syncBusinessClock } from './business-clock.js';
import { panelPath } from './paths.js';
import { confirmWithCode } from './step-up.js';
import { toOwnTimeZone } from './times.js';

/** A call of the panel's API that was refused or failed. The message is a sentence for staff. */
export class PanelError extends Error {
  override readonly name = 'PanelError';

  /**
   * @param status of HTTP; 200 for a refusal in AdminJS's answer, null where there was no answer
   * @param details the facts behind a refusal
   */
  constructor(
    message: string,
    readonly status: number | null,
    readonly needsCode = false,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
  }

  /** The record does not exist, or the role may not see it: reading again does not help. */
  get isGone(): boolean {
    return this.status === 404 || this.status === 403 || this.status === 200;
  }

  /** The service may answer in a moment. */
  get isTransient(): boolean {
    return this.status === null || this.status === 503;
  }
}

interface ErrorDetails {
  /** Of a conflict. */
  reason?: string;
  /** Of a request that was changed meanwhile: its version by now. */
  version?: number;
  /** Of a record that was changed meanwhile. */
  changes?: SeenChange[];
}

export type QueryParams = Readonly<Record<string, string>>;

interface ReadOptions {
  params?: QueryParams;
  signal?: AbortSignal;
  /** A page reads again by itself: that does not extend the session. */
  isPolling?: boolean;
}

/**
 * Reads from the panel's API.
 * @param path below `/admin/api/`
 * @throws PanelError
 */
export async function getJson<Answer>(path: string, options: ReadOptions = {}): Promise<Answer> {
  const { params = {}, signal, isPolling = false } = options;
  const query = new URLSearchParams(params);
  const headers: HeadersInit = { Accept: 'application/json', ...(isPolling && { 'X-Unasked': '1' }) };
  return send<Answer>(`${toApiUrl(path)}${query.size > 0 ? `?${query}` : ''}`, { headers, signal });
}

/**
 * Changes something through the panel's API. Where the service wants a code of the second factor first, staff are asked for
 * it and the call is repeated.
 * @param path below `/admin/api/`
 * @throws PanelError
 */
export async function postJson<Answer>(path: string, body: object): Promise<Answer> {
  try {
    return await postOnce<Answer>(toApiUrl(path), body);
  } catch (error) {
    if (error instanceof PanelError && error.needsCode && (await confirmWithCode())) return postJson(path, body);
    throw error;
  }
}

/** Sends a code of the second factor, which holds for the next ten minutes. @throws PanelError */
export function postCode(code: string): Promise<unknown> {
  return postOnce(`${panelPath}/confirm`, { code });
}

/**
 * Sends a file as it is. XMLHttpRequest, because fetch does not tell how much of a body was sent.
 * @param path below `/admin/api/`
 * @param onProgress gets the share that was sent, 0 to 1
 * @throws PanelError
 */
export function uploadFile<Answer>(
  path: string,
  params: QueryParams,
  file: File,
  onProgress: (share: number) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const query = new URLSearchParams(params);
    const call = new XMLHttpRequest();
    call.open('POST', `${toApiUrl(path)}${query.size > 0 ? `?${query}` : ''}`);
    call.responseType = 'json';
    call.setRequestHeader('Content-Type', 'text/csv');
    call.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    call.onload = () => {
      const isOk = call.status >= 200 && call.status < 300;
      const error = toPanelError(call.status, isOk, call.response);
      if (error) reject(error);
      else resolve(call.response as Answer);
    };
    call.onerror = () => reject(new PanelError('The file could not be read or sent. Choose it again and retry.', null));
    call.send(file);
  });
}

/**
 * Sends a file and gives the browser the file of the answer.
 * @param path below `/admin/api/`
 * @throws PanelError
 */
export async function downloadAnswer(path: string, file: File, fileName: string): Promise<void> {
  const headers = { 'Content-Type': 'text/csv' };
  const response = await fetch(toApiUrl(path), { method: 'POST', headers, body: file }).catch(() => {
    throw new PanelError('The file could not be read or sent. Choose it again and retry.', null);
  });
  const answer = response.ok ? {} : ((await response.json().catch(() => null)) as unknown);
  const error = toPanelError(response.status, response.ok, answer);
  if (error) throw error;
  const url = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement('a'), { href: url, download: fileName });
  link.click();
  URL.revokeObjectURL(url);
}

function toApiUrl(path: string): string {
  return `${panelPath}/api/${path}`;
}

function postOnce<Answer>(url: string, body: object): Promise<Answer> {
  const headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
  return send<Answer>(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function send<Answer>(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw new PanelError('The service cannot be reached. Nothing was lost; try again in a moment.', null);
  });
  const body: unknown = await response.json().catch(() => null);
  const error = toPanelError(response.status, response.ok, body);
  if (error) throw error;
  syncBusinessClock(response.headers);
  const notice = isObject(body) ? (body as Envelope).notice : undefined;
  if (notice?.message) notice.message = toOwnTimeZone(notice.message);
  return body as Answer;
}

/** What answers of the panel's API say besides their data: AdminJS's notice, or the error of our own error handler. */
interface Envelope {
  notice?: { type?: string; message?: string };
  error?: { message?: string; details?: ErrorDetails };
  confirm?: string;
}

/** Null for an answer that is no error. AdminJS refuses with 200 and a notice; a page instead of JSON is the sign-in. */
function toPanelError(status: number, isOk: boolean, body: unknown): PanelError | null {
  if (status === 401 || (isOk && !isObject(body))) return new PanelError(signedOut, 401);
  const { notice, error, confirm }: Envelope = isObject(body) ? body : {};
  if (isOk && notice?.type !== 'error') return null;
  const message =
    toSentence(notice?.message) ??
    error?.message ??
    (isOk
      ? 'This was refused; nothing was changed.'
      : `The service answered with an error (${status}). Reload the page before you retry.`);
  return new PanelError(toOwnTimeZone(message), status, confirm === 'second-factor', error?.details);
}

/** Shown with the link to the sign-in. */
export const signedOut = 'You have been signed out. Sign in again in another tab; what you typed here stays.';
const forbidden = 'Your role does not allow this. Ask a colleague whose role does, or an admin.';

/** AdminJS's own refusals are keys of its translations. */
const sentencesByKey: Record<string, string> = { forbiddenError: forbidden, anyForbiddenError: forbidden };

function toSentence(message: string | undefined): string | undefined {
  return message ? (sentencesByKey[message] ?? message) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
