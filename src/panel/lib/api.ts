import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiClient, type RecordJSON } from 'adminjs';
import { businessNow, hearBusinessTime } from './business-clock.js';
import { inOwnZone } from '../ui/times.js';
import { askForCode } from './step-up.js';
import type { Fulfil, QueuePage } from './types.js';

/** What a panel action answered: done, or a sentence why not. */
export type Outcome = { done: true; answer: ActionAnswer } | { done: false; sentence: string };

export interface ActionAnswer {
  record?: RecordJSON;
  notice?: { type?: string; message: string };
  redirectUrl?: string;
  /** A new key's secret, shown this once. */
  apiKey?: string;
  /** A colleague's new password, shown this once. */
  password?: string;
  /** Where a colleague chooses the own password, shown this once. */
  link?: string;
  fulfil?: Fulfil;
  /** What a claim came to. */
  claim?: { staffId: string; until: string };
  /** The request that was claimed to be served next; null where none can be worked on. */
  requestId?: string | null;
}

/** The session has ended; nothing was done. */
export class SignedOut extends Error {
  constructor() {
    super('You have been signed out. Sign in again in another tab; what you typed here stays.');
  }
}

const client = new ApiClient();

/** How something is read: because somebody wants it, or by the page itself, which does not keep a session alive. */
export interface Reading {
  headers?: Record<string, string>;
}

const wanted: Reading = {};
export const unasked: Reading = { headers: { 'X-Unasked': '1' } };

/** One page of the queue, by what the page's own address says. */
export function readQueue(asked: Record<string, string>, reading?: Reading): Promise<QueuePage> {
  return readPage<QueuePage>('queue', asked, reading);
}

/** What a page of the panel answers. */
export async function readPage<Answer>(
  pageName: string,
  params: Record<string, string>,
  reading = wanted,
): Promise<Answer> {
  return (await answered(() => client.getPage<Answer>({ pageName, params, ...reading }))) as Answer;
}

/** A page of a resource's list. */
export async function readList<Answer>(resourceId: string, params: URLSearchParams): Promise<Answer> {
  const answer = await answered(() => client.resourceAction({ resourceId, actionName: 'list', params }));
  const { notice } = answer as ActionAnswer;
  if (notice?.type === 'error') throw new Error(plainly(notice.message));
  return answer as Answer;
}

/** Does one thing that belongs to no record. */
export async function actOn(resourceId: string, actionName: string, data: object): Promise<Outcome> {
  return outcomeOf(() => client.resourceAction({ resourceId, actionName, method: 'post', data }));
}

/** A request with everything its page shows; `search` looks through the whole pool beside it. */
export async function readFulfil(id: string, search: string, reading = wanted): Promise<Fulfil> {
  const answer = (await answered(() =>
    client.recordAction({
      resourceId: 'lease-requests',
      recordId: id,
      actionName: 'fulfil',
      params: search === '' ? {} : { q: search },
      ...reading,
    }),
  )) as ActionAnswer;
  if (!answer.fulfil) throw new Error('There is no such request.');
  return answer.fulfil;
}

/** A record as one of its actions shows it, or why there is none: it is gone for good, or could not be read just now. */
export async function readRecord(
  resourceId: string,
  recordId: string,
  actionName: string,
): Promise<{ record: RecordJSON } | { sentence: string; isGone: boolean }> {
  try {
    const answer = (await answered(() => client.recordAction({ resourceId, recordId, actionName }))) as ActionAnswer;
    if (answer.notice?.type === 'error') return { sentence: refusal(answer), isGone: true };
    return answer.record ? { record: answer.record } : { sentence: 'This record was not found.', isGone: true };
  } catch (error) {
    const { response } = ((error as Error).cause ?? {}) as HttpFailure;
    const isGone = response?.status === 404 || response?.status === 403;
    return { sentence: error instanceof Error ? error.message : String(error), isGone };
  }
}

/** Does one thing to one record. A refusal comes back as its sentence, never as an exception. */
export async function act(resourceId: string, recordId: string, actionName: string, data: object): Promise<Outcome> {
  return outcomeOf(() => client.recordAction({ resourceId, recordId, actionName, method: 'post', data }));
}

/** Makes a new record. */
export async function create(resourceId: string, data: object): Promise<Outcome> {
  return actOn(resourceId, 'new', data);
}

/** Records for a choice, by what is typed. */
export async function search(resourceId: string, query: string): Promise<RecordJSON[]> {
  return client.searchRecords({ resourceId, query });
}

/** What a record is called; its id where that cannot be found out. */
export async function titleOf(resourceId: string, recordId: string): Promise<string> {
  const answer = (await answered(() =>
    client.recordAction({ resourceId, recordId, actionName: 'show' }),
  )) as ActionAnswer;
  return answer.record?.title || recordId;
}

async function outcomeOf(call: () => Promise<HttpAnswer>): Promise<Outcome> {
  try {
    const answer = (await answered(call)) as ActionAnswer;
    if (answer.notice?.type === 'error') return { done: false, sentence: refusal(answer) };
    return { done: true, answer };
  } catch (error) {
    // Keys, money and roles: asked for a code, then done as if it had been given before.
    if (wantsCode(error) && (await askForCode())) return outcomeOf(call);
    return { done: false, sentence: error instanceof Error ? error.message : String(error) };
  }
}

function wantsCode(error: unknown): boolean {
  const failure = error instanceof Error ? (error.cause as HttpFailure | undefined) : undefined;
  return failure?.response?.data?.confirm === 'second-factor';
}

function refusal({ notice }: ActionAnswer): string {
  const sentence = plainly(notice?.message);
  return sentence ? inOwnZone(sentence) : 'This was refused; nothing was changed.';
}

/** AdminJS's own refusals are keys of its translations. */
const sentences: Record<string, string> = {
  forbiddenError: 'Your role does not allow this. Ask a colleague whose role does, or an admin.',
  anyForbiddenError: 'Your role does not allow this. Ask a colleague whose role does, or an admin.',
};

function plainly(message: string | undefined): string | undefined {
  return message && (sentences[message] ?? message);
}

interface HttpAnswer {
  data: unknown;
  headers?: object;
}

interface HttpFailure {
  response?: {
    status: number;
    data?: { notice?: { message?: string }; error?: { message?: string }; confirm?: string };
  };
}

/** The body of an answer; whatever goes wrong becomes an error with a sentence that may be shown. */
async function answered(call: () => Promise<HttpAnswer>): Promise<unknown> {
  let response: HttpAnswer;
  try {
    response = await call();
  } catch (error) {
    throw new Error(sentenceOf(error as HttpFailure), { cause: error });
  }
  hearBusinessTime(response.headers);
  if (typeof response.data === 'string') throw new SignedOut();
  return response.data;
}

function sentenceOf({ response }: HttpFailure): string {
  if (!response) return 'The service cannot be reached. Nothing is lost; try again in a moment.';
  if (response.status === 401) return new SignedOut().message;
  const sentence = plainly(response.data?.notice?.message) ?? response.data?.error?.message;
  return (
    sentence ?? `The service answered with an error (${response.status}). Look at the page again before you retry.`
  );
}

/** What a page shows, read again every few seconds while it is looked at; the old data stay until the new ones are there. */
export function useFresh<Data>(read: (reading: Reading) => Promise<Data>, everyMs = 7_000) {
  const [data, setData] = useState<Data | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [readAt, setReadAt] = useState(0);
  const begun = useRef(0);
  /** The latest whose answer is shown: what was overtaken is dropped, what is merely slower than the interval is not. */
  const shown = useRef(0);

  const readAgain = useCallback(
    async (reading: Reading) => {
      const turn = ++begun.current;
      const isOvertaken = () => turn <= shown.current;
      try {
        const fresh = await read(reading);
        if (isOvertaken()) return;
        shown.current = turn;
        setData(fresh);
        setFailure(null);
        setReadAt(businessNow());
      } catch (error) {
        if (isOvertaken()) return;
        shown.current = turn;
        setFailure(error instanceof Error ? error.message : String(error));
      }
    },
    [read],
  );
  const refresh = useCallback(() => readAgain(wanted), [readAgain]);

  useEffect(() => {
    void refresh();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void readAgain(unasked);
    }, everyMs);
    const onReturn = () => {
      if (document.visibilityState === 'visible') void refresh();
    };
    document.addEventListener('visibilitychange', onReturn);
    return () => {
      shown.current = begun.current;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onReturn);
    };
  }, [refresh, readAgain, everyMs]);

  /** Adds to what was read last, where something was. */
  const amend = useCallback((change: (before: Data) => Data) => setData((before) => before && change(before)), []);
  return { data, failure, readAt, refresh, amend };
}
