import type { Block } from './blocks.js';

/** How a page's samples are tried: each language by a reader of its own, in the order of the page. */
export interface PagePlan {
  /** The readers, each with the headings that it follows; without it one reader for each language, who follows all of the page. */
  headings?: readonly string[];
  /** Of the reader's key, in a sandbox of its own. */
  scopes?: readonly string[];
  /** A request that is there when the reader begins. */
  startsWithRequest?: boolean;
  /** What each reader's output has to have. */
  prints?: readonly { language: string; text: RegExp; takesPython?: boolean }[];
}

export const pagePlans: Record<string, PagePlan> = {
  'docs/partner/README.md': {},
  'docs/partner/quickstart.md': { headings: ['curl', 'TypeScript', 'Python'] },
  'docs/partner/errors-and-retries.md': {
    prints: [
      { language: 'sh', text: /202 Accepted[^]*202 Accepted[^]*Idempotent-Replayed: true/i },
      { language: 'ts', text: /req_[0-9A-Z]{26} false/ },
      { language: 'python', text: /count: must be a whole number[^]*req_[0-9A-Z]{26} False/ },
    ],
  },
  'docs/partner/webhooks.md': {
    prints: [
      { language: 'sh', text: /lease_request\.assigned {2}evt_\w+ {2}204/ },
      { language: 'sh', text: /verified lease_request\.assigned lreq_/ },
      { language: 'sh', text: /genuine lease_request\.assigned lreq_/, takesPython: true },
    ],
  },
  'docs/partner/events.md': {
    startsWithRequest: true,
    prints: [
      { language: 'ts', text: /lease_request\.assigned 20/ },
      { language: 'python', text: /lease_request\.assigned 20/ },
    ],
  },
  'docs/partner/keys.md': {
    scopes: ['*'],
    prints: [
      { language: 'sh', text: /"killed":true/ },
      { language: 'ts', text: /\(sandbox\)/ },
    ],
  },
  'docs/partner/audit-log-and-calls.md': {
    startsWithRequest: true,
    prints: [
      { language: 'ts', text: /lease_request\.submitted partner_api req_/ },
      { language: 'python', text: /lease_request\.submitted partner_api req_/ },
    ],
  },
  'docs/partner/sandbox.md': {
    prints: [
      { language: 'sh', text: /"pastDueSince":"[^]*"disconnectedReason":"billing_exhausted"/ },
      { language: 'ts', text: /and 3 accounts were renewed/ },
      { language: 'python', text: /and 3 accounts were renewed/ },
    ],
  },
};

/** `test/process/docs/published-page.spec.ts` sends its calls to an organization that has the page's project. */
export const publishedPage = 'docs/partner/request-lease.md';

interface Exception {
  document: string;
  /** The beginning of the block. */
  begins: string;
  /** What tries it instead, or why nothing can; its syntax is checked in any case. */
  reason: string;
}

/** Blocks that no reader runs here. */
export const exceptions: Exception[] = [
  {
    document: 'README.md',
    begins: 'npm install && npm start',
    reason: 'The test that runs this is what the second line starts; `test/process/lifecycle` runs the first.',
  },
  {
    document: 'bench/README.md',
    begins: 'pool, a country',
    reason: 'A line that a bench prints, not one to type.',
  },
  {
    document: 'docs/operations.md',
    begins: '# haproxy:',
    reason: '`test/process/lifecycle/load-balancer.spec.ts` runs haproxy with these settings, where it is installed.',
  },
  {
    document: 'docs/operations.md',
    begins: '# nginx:',
    reason: '`test/process/lifecycle/load-balancer.spec.ts` runs nginx with these settings, where it is installed.',
  },
  {
    document: 'docs/operations.md',
    begins: '[databases]',
    reason: '`test/http/partner-api/pgbouncer.spec.ts` runs pgbouncer with this pool_mode, where it is installed.',
  },
  {
    document: 'docs/operations.md',
    begins: 'psql "$ADMIN_URL/lease_console"',
    reason:
      'It needs psql and a server of one’s own; `test/service/database/roles.spec.ts` runs the script in both places.',
  },
  {
    document: 'docs/operations.md',
    begins: '# postgresql.conf:',
    reason: 'pg_basebackup is not among the programs of the embedded PostgreSQL.',
  },
  {
    document: 'docs/operations.md',
    begins: 'cp -a base restored',
    reason: 'It restores what the block before it saves, which needs a PostgreSQL of one’s own.',
  },
];

export function findException({ document, text }: Block): Exception | undefined {
  return exceptions.find((one) => one.document === document && text.startsWith(one.begins));
}
