export interface RejectedLine {
  line: number;
  reason: string;
}

/** A vertical that no account of the pool has ever had. */
export interface NewVertical {
  vertical: string;
  accounts: number;
  closeTo: string | null;
}

/** What an import would do, or did. */
export interface ImportPreview {
  created: number;
  updated: number;
  unchanged: number;
  statusKept: number;
  /** The first ten thousand; `rejectedCount` counts all. */
  rejected: RejectedLine[];
  rejectedCount: number;
  digest: string;
  /** The first hundred; `newVerticalCount` counts all. */
  newVerticals: NewVertical[];
  newVerticalCount: number;
}

export interface ImportRun {
  importId: string;
  status: 'running' | 'done' | 'refused';
  written: number;
  total: number;
  report: ImportPreview | null;
  sentence: string | null;
  stale: boolean;
}

export const LARGEST_FILE = 20 * 1024 * 1024;
/** Where the panel is (`options.ts`). */
const base = '/admin';

/** Sends the file to be judged; nothing is written. */
export async function previewFile(file: File, onSent: (part: number) => void): Promise<ImportPreview> {
  const { preview } = await upload<{ preview: ImportPreview }>(`${base}/api/imports/accounts/preview`, file, onSent);
  return preview;
}

/** Sends the same file again to be imported as its preview said. */
export function startImport(file: File, digest: string, onSent: (part: number) => void): Promise<{ importId: string }> {
  const query = new URLSearchParams({ digest, name: file.name });
  return upload(`${base}/api/imports/accounts?${query.toString()}`, file, onSent);
}

/** How far an import is; `null` while the service cannot be reached, which does not tell what becomes of it. */
export async function readRun(importId: string): Promise<ImportRun | null> {
  const response = await fetch(`${base}/api/imports/${encodeURIComponent(importId)}`).catch(() => null);
  if (!response || response.status === 503) return null;
  const body = (await response.json().catch(() => ({}))) as ImportRun & Failure;
  if (!response.ok) throw new Error(sentenceOf(response.status, body));
  return body;
}

interface Failure {
  notice?: { message?: string };
}

/** The browser's own fetch does not tell how much of a file has been sent. */
function upload<Answer>(url: string, file: File, onSent: (part: number) => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open('POST', url);
    call.responseType = 'json';
    call.setRequestHeader('Content-Type', 'text/csv');
    call.upload.onprogress = (event) => event.lengthComputable && onSent(event.loaded / event.total);
    call.onload = () => {
      const body = (call.response ?? {}) as Answer & Failure;
      if (call.status >= 200 && call.status < 300) resolve(body);
      else reject(new Error(sentenceOf(call.status, body)));
    };
    call.onerror = () => reject(new Error('The file could not be read or sent. Choose it again and retry.'));
    call.send(file);
  });
}

function sentenceOf(status: number, body: Failure): string {
  if (status === 401) return 'You have been signed out. Sign in again in another tab, then retry.';
  return body.notice?.message ?? `The service answered with an error (${status}); nothing was written.`;
}
