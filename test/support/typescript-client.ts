import { Layers, type ClientOptions } from '../../clients/typescript/src/index.js';
import { RUNTIME } from '../../clients/typescript/src/options.js';

/** A call as a fetch got it. */
export interface SentCall {
  method: string;
  url: URL;
  headers: Headers;
  body: string | null;
}

type Step = Response | Error | ((call: SentCall, signal: AbortSignal) => Response | Promise<Response>);

/** In place of a service: a step for each call, the last one again and again. */
export function scripted(...steps: Step[]) {
  const calls: SentCall[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { method = 'GET', headers, body = null } = init;
    const call = { method, url: new URL(url), headers: new Headers(headers), body: body as string | null };
    const step = steps[Math.min(calls.length, steps.length - 1)]!;
    calls.push(call);
    if (step instanceof Error) throw step;
    return typeof step === 'function' ? step(call, init.signal!) : step.clone();
  };
  return { calls, fetch: fetch as typeof globalThis.fetch };
}

/** A clock that moves only while somebody sleeps, and chance that is always the same. */
export function fakeRuntime(random = 0) {
  const sleeps: number[] = [];
  let nowMs = 0;
  return {
    sleeps,
    now: () => nowMs,
    pass: (ms: number) => void (nowMs += ms),
    random: () => random,
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      sleeps.push(Math.round(ms));
      nowMs += ms;
    },
  };
}

export const TEST_KEY = 'lp_test_0123456789ABCDEF_a-secret-that-nobody-is-told';

export function aClient(
  { fetch }: { fetch: typeof globalThis.fetch },
  runtime: ReturnType<typeof fakeRuntime> = fakeRuntime(),
  options: ClientOptions = {},
): Layers {
  const all = { apiKey: TEST_KEY, baseUrl: 'https://api.example', fetch, ...options, [RUNTIME]: runtime };
  return new Layers(all);
}

export function json(body: object, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
}

/** An answer that refuses. */
export function refusal(
  status: number,
  code: string,
  details: object = {},
  headers: Record<string, string> = {},
): Response {
  return json({ error: { code, message: `Told: ${code}`, requestId: 'req_1', details } }, status, headers);
}
