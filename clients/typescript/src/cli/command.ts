import { parseArgs } from 'node:util';
import { LayersError } from '../errors.js';
import { Layers } from '../layers.js';
import { VERSION } from '../version.js';
import { listen } from './listen.js';
import { listTriggers, trigger } from './trigger.js';

const HELP = `Usage: layers <command>

  listen --forward-to <url>     Posts the events of your organization to a program on this machine, signed like a webhook
      --events <a,b>            Only these types
      --secret <whsec_…>        Signs with this secret; without it one is made and shown
      --since <evt_…>           Begins after this event; without it with those to come
  trigger <event type>          Makes an event of this type happen in the sandbox
      --project <prj_…>         In this project; without it in the first one
      --endpoint <whe_…>        Of test.ping: the webhook endpoint that is tested; without it the first one
      --spend-wallet            Allows what uses up the play money (sandbox.topUp refills it)
  trigger --list                The types, and what each of them does

  --base-url <url>              The server; without it LAYERS_BASE_URL, then https://api.layers.com
  --help, --version

The API key comes from LAYERS_API_KEY. Exit codes: 0 done, 1 failed, 2 called in a wrong way.
`;

const USAGE = 'Usage: layers listen --forward-to <url> | layers trigger <event type> | layers --help';

/** What a command says; each a line. */
export interface Output {
  print(line: string): void;
  complain(line: string): void;
}

/** A wrong way to call a command. */
export class UsageError extends Error {}

const terminal: Output = {
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
};

/** @returns the exit code */
export async function runCommand(args: string[], output = terminal): Promise<number> {
  try {
    return await dispatch(args, output);
  } catch (error) {
    if (error instanceof UsageError) {
      output.complain(`${error.message} ${USAGE}`);
      return 2;
    }
    if (!(error instanceof LayersError)) throw error;
    const requestId = 'requestId' in error && error.requestId ? ` (${error.requestId as string})` : '';
    output.complain(`${error.name}: ${error.message}${requestId}`);
    return 1;
  }
}

async function dispatch(args: string[], output: Output): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.version) return say(output, VERSION);
  if (values.help) return say(output, HELP.trimEnd());
  const [command, ...words] = positionals;
  if (command === 'listen' && words.length === 0) {
    const { 'forward-to': forwardTo, events, secret, since } = values;
    return listen(newClient(values['base-url'], output), { forwardTo, events, secret, since }, output);
  }
  if (command === 'trigger' && values.list) return say(output, listTriggers());
  if (command === 'trigger' && words.length === 1) {
    const { project, endpoint, 'spend-wallet': maySpendWallet = false } = values;
    const client = newClient(values['base-url'], output, 'test');
    return trigger(client, words[0]!, { projectId: project, endpointId: endpoint, maySpendWallet }, output);
  }
  if (command === 'trigger') throw new UsageError('Name one type of event: layers trigger <event type>.');
  throw new UsageError(command === undefined ? 'Name a command.' : `There is no command ${positionals.join(' ')}.`);
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        'forward-to': { type: 'string' },
        events: { type: 'string' },
        secret: { type: 'string' },
        since: { type: 'string' },
        project: { type: 'string' },
        endpoint: { type: 'string' },
        'spend-wallet': { type: 'boolean' },
        list: { type: 'boolean' },
        'base-url': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
  } catch (error) {
    // Its further sentences tell how to pass such a word as an argument, which no command takes.
    const [sentence] = (error as Error).message.split(/[.\n]/);
    throw new UsageError(`${sentence}.`);
  }
}

function say(output: Output, text: string): number {
  output.print(text);
  return 0;
}

/** @param env the only kind of key that is taken */
function newClient(baseUrl: string | undefined, output: Output, env?: 'test'): Layers {
  const apiKey = process.env.LAYERS_API_KEY;
  if (!apiKey) throw new UsageError('Set LAYERS_API_KEY to your API key.');
  if (env && !apiKey.startsWith(`lp_${env}_`)) {
    throw new UsageError(
      'This command works in the sandbox alone: set LAYERS_API_KEY to a key that begins with lp_test_.',
    );
  }
  try {
    return new Layers({ apiKey, baseUrl, logger: { debug: tellWrite, warn: tellRetry } });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }

  function tellWrite(_message: string, { method, path, status, requestId }: Record<string, unknown>): void {
    if (method !== 'GET' && status)
      output.print(`${method as string} ${path as string}  ${status as number}  ${requestId as string}`);
  }

  function tellRetry(message: string, { method, path, delayMs }: Record<string, unknown>): void {
    output.complain(
      `${method as string} ${path as string}: ${message} in ${((delayMs as number) / 1_000).toFixed(1)} s`,
    );
  }
}
