import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiClient, type RecordJSON } from 'adminjs';
import type { Fulfil, QueuePage } from './shapes.js';

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
  fulfil?: Fulfil;
}

/** The session has ended; nothing was done. */
export class SignedOut extends Error {
  constructor() {
    super('You have been signed out. Sign in again in another tab; what you typed here stays.');
  }
}

const client = new ApiClient();

/** One page of the queue. */
export async function readQueue(cursor: string | null): Promise<QueuePage> {
  const response = await answered(() =>
    client.getPage<QueuePage>({ pageName: 'queue', params: cursor === null ? {} : { cursor } }),
  );
  return response as QueuePage;
}

/** A request with everything its page shows; `search` looks through the whole pool beside it. */
export async function readFulfil(id: string, search: string): Promise<Fulfil> {
  const answer = (await answered(() =>
    client.recordAction({
      resourceId: 'lease-requests',
      recordId: id,
      actionName: 'fulfil',
      params: search === '' ? {} : { q: search },
    }),
  )) as ActionAnswer;
  if (!answer.fulfil) throw new Error('There is no such request.');
  return answer.fulfil;
}

/** Does one thing to one record. A refusal comes back as its sentence, never as an exception. */
export async function act(resourceId: string, recordId: string, actionName: string, data: object): Promise<Outcome> {
  return outcomeOf(() => client.recordAction({ resourceId, recordId, actionName, method: 'post', data }));
}

/** Makes a new record. */
export async function create(resourceId: string, data: object): Promise<Outcome> {
  return outcomeOf(() => client.resourceAction({ resourceId, actionName: 'new', method: 'post', data }));
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

async function outcomeOf(call: () => Promise<{ data: unknown }>): Promise<Outcome> {
  try {
    const answer = (await answered(call)) as ActionAnswer;
    if (answer.notice?.type === 'error') return { done: false, sentence: refusal(answer) };
    return { done: true, answer };
  } catch (error) {
    return { done: false, sentence: error instanceof Error ? error.message : String(error) };
  }
}

function refusal({ notice }: ActionAnswer): string {
  return plainly(notice?.message) ?? 'This was refused; nothing was changed.';
}

/** AdminJS's own refusals are keys of its translations. */
const sentences: Record<string, string> = {
  forbiddenError: 'Your role does not allow this.',
  anyForbiddenError: 'Your role does not allow this.',
};

function plainly(message: string | undefined): string | undefined {
  return message && (sentences[message] ?? message);
}

interface HttpFailure {
  response?: { status: number; data?: { notice?: { message?: string }; error?: { message?: string } } };
}

/** The body of an answer; whatever goes wrong becomes an error with a sentence that may be shown. */
async function answered(call: () => Promise<{ data: unknown }>): Promise<unknown> {
  let response: { data: unknown };
  try {
    response = await call();
  } catch (error) {
    throw new Error(sentenceOf(error as HttpFailure), { cause: error });
  }
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

/** What a page shows, read again every ten seconds while it is looked at; the old data stay until the new ones are there. */
export function useFresh<Data>(read: () => Promise<Data>, everyMs = 10_000) {
  const [data, setData] = useState<Data | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [readAt, setReadAt] = useState(0);
  const newest = useRef(0);

  const refresh = useCallback(async () => {
    const turn = ++newest.current;
    try {
      const fresh = await read();
      if (turn !== newest.current) return;
      setData(fresh);
      setFailure(null);
      setReadAt(Date.now());
    } catch (error) {
      if (turn === newest.current) setFailure(error instanceof Error ? error.message : String(error));
    }
  }, [read]);

  useEffect(() => {
    void refresh();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void refresh();
    }, everyMs);
    const onReturn = () => {
      if (document.visibilityState === 'visible') void refresh();
    };
    document.addEventListener('visibilitychange', onReturn);
    return () => {
      newest.current++;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onReturn);
    };
  }, [refresh, everyMs]);

  return { data, failure, readAt, refresh };
}
