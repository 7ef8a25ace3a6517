import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { AccountsImport, type ImportReport } from '../account-pool/import/accounts-import.service.js';
import type { SystemCaller } from '../authorization/actor.js';
import { MonthChecklist } from '../accounting/month-checklist.js';
import { MonthCloseService } from '../accounting/month-close.service.js';
import { formatCount } from '../core/counts.js';
import { formatDollars } from '../core/money.js';
import { sentence } from '../core/sentence.js';
import { DemoClock } from '../demo-clock/demo-clock.service.js';
import type { ApiKey } from '../partners/api-key-rows.js';
import { ApiKeysService } from '../partners/api-keys.service.js';
import { OrganizationsService, type NewPartner, type Organization } from '../partners/organizations.service.js';
import { SandboxesService } from '../partners/sandboxes.service.js';
import { RenewalsService } from '../renewals/renewals.service.js';
import { SecondFactorsService } from '../staff/second-factors.service.js';
import { StoredSecrets, type RekeyedColumn } from '../staff/stored-secrets.service.js';
import { StaffService } from '../staff/staff.service.js';
import { LedgerVerifier } from '../accounting/ledger-verifier.js';
import { MoneyFreeze, type FreezeState } from '../wallets/money-freeze.js';
import { describeWallet } from '../wallets/wallet-sentence.js';
import { WalletsService } from '../wallets/wallets.service.js';
import { StaffReplaysService } from '../webhooks/staff-replays.service.js';
import type { Services } from './operator-session.js';
import { createFolder, writePack } from './pack-folder.js';
import { formatUtcMoment } from '../core/utc-times.js';

/** The flags of all commands; program.ts declares which of them a command has. */
export interface CommandOptions {
  json?: boolean;
  name?: string;
  project: string[];
  projectId?: string;
  walletCents: number;
  tier?: string;
  priceCents?: number;
  organization: string;
  scopes?: string[];
  env?: string;
  key: string;
  graceSeconds?: number;
  cents: number;
  confirmCents?: number;
  reference: string;
  file: string;
  rejected?: string;
  email: string;
  role: string;
  month: string;
  allowEarlierOpen?: boolean;
  out: string;
  password?: string;
  now?: string;
  dryRun?: boolean;
  to: string;
  reason: string;
  endpoint: string;
  since: string;
  until: string;
}

export interface Outcome {
  /** Printed with `--json`. */
  json: object;
  /** Printed without `--json`. */
  text: string;
  /** Printed to stderr; makes the exit code 1. */
  error?: string;
}

interface CommandContext {
  services: Services;
  caller: SystemCaller;
  options: CommandOptions;
  /** Reports the progress of a long command. */
  printLine: (line: string) => void;
}

/** Each command is one call of one service. */
export const operations = {
  'partner:create': async ({ services, caller, options }: CommandContext): Promise<Outcome> => {
    const { name, project: projects, projectId, walletCents, confirmCents: confirmedCents, tier, priceCents } = options;
    const input = { name, projects, projectId, walletCents, confirmedCents, tier, priceCents };
    const json = await services(OrganizationsService).create(caller, input);
    return { json, text: toPartnerText(json) };
  },

  'sandbox:create': async ({ services, caller, options }: CommandContext): Promise<Outcome> => {
    const json = await services(SandboxesService).create(caller, { organizationId: options.organization });
    return { json, text: toPartnerText(json) };
  },

  'key:create': async ({ services, caller, options }: CommandContext): Promise<Outcome> => {
    const { organization: organizationId, name, scopes, tier, env } = options;
    const key = await services(ApiKeysService).create(caller, { organizationId, name, scopes, tier, env });
    const { apiKey, apiKeyId } = key;
    return { json: { apiKey, apiKeyId }, text: `${apiKeyId}\n${apiKey}   (shown only once)` };
  },
  'key:rotate': async ({ services, caller, options }: CommandContext): Promise<Outcome> => {
    const { key: apiKeyId, graceSeconds } = options;
    const { apiKey, previousExpiresAt } = await services(ApiKeysService).rotate(caller, { apiKeyId, graceSeconds });
    const before = graceSeconds ? `works until ${previousExpiresAt!.toISOString()}` : 'no longer works';
    return {
      json: { apiKey, apiKeyId },
      text: `${apiKeyId}\n${apiKey}   (shown only once)\nThe one before ${before}.`,
    };
  },
  'key:kill': async ({ services, caller, options }: CommandContext): Promise<Outcome> =>
    toKeyOutcome(await services(ApiKeysService).kill(caller, { apiKeyId: options.key })),
  'key:resume': async ({ services, caller, options }: CommandContext): Promise<Outcome> =>
    toKeyOutcome(await services(ApiKeysService).resume(caller, { apiKeyId: options.key })),
  'key:revoke': async ({ services, caller, options }: CommandContext): Promise<Outcome> =>
    toKeyOutcome(await services(ApiKeysService).revoke(caller, { apiKeyId: options.key })),

  'organization:suspend': async ({ services, caller, options }: CommandContext): Promise<Outcome> =>
    toOrganizationOutcome(
      await services(OrganizationsService).suspend(caller, { organizationId: options.organization }),
    ),
  'organization:resume': async ({ services, caller, options }: CommandContext): Promise<Outcome> =>
    toOrganizationOutcome(
      await services(OrganizationsService).resume(caller, { organizationId: options.organization }),
    ),

  'wallet:top-up': async ({ services, caller, options }: CommandContext): Promise<Outcome> => {
    const { organization: organizationId, cents: amountCents, confirmCents: confirmedCents, reference } = options;
    const json = await services(WalletsService).topUp(caller, {
      organizationId,
      amountCents,
      confirmedCents,
      reference,
    });
    const what = json.replayed
      ? 'Already booked under this reference, nothing new was booked'
      : `Topped up by ${formatDollars(amountCents)}`;
    return { json, text: `${what}: ${describeWallet(json)}.` };
  },
  'wallet:show': async ({ services, options }: CommandContext): Promise<Outcome> => {
    const json = await services(WalletsService).show(options.organization);
    const leases = `${formatCount(json.liveLeases, 'live lease')}, ${formatDollars(json.monthlyCommitmentCents)} a month`;
    const covers = `covers ${json.covers} more at ${formatDollars(json.priceCents)}`;
    const next = json.nextRenewalAt ? `; next renewal ${formatUtcMoment(json.nextRenewalAt)}` : '';
    const owes = json.owedCents > 0 ? `, owes ${formatDollars(json.owedCents)}` : '';
    return { json, text: `${formatDollars(json.balanceCents)}${owes}, ${covers}; ${leases}${next}.` };
  },

  'accounts:import': async ({ services, caller, options }: CommandContext): Promise<Outcome> => {
    const content = await readImportFile(options.file);
    if (options.rejected !== undefined) await assertWritable(options.rejected);
    const { rejectedCsv, ...json } = await services(AccountsImport).import(caller, content);
    if (options.rejected !== undefined) await writeRejected(options.rejected, rejectedCsv);
    return { json, text: toImportText(json) };
  },

  'staff:create': async ({ services, caller, options }: CommandContext): Promise<Outcome> => {
    const { email, role, name, password } = options;
    const created = await services(StaffService).create(caller, { email, role, name, password });
    const { staffId, password: generated } = created;
    const json = { staffId, email: created.email, role: created.role, ...(generated && { password: generated }) };
    const passwordLine = generated ? `\npassword ${generated}   (shown only once)` : '';
    return { json, text: `${created.email}, ${created.role} (${staffId})${passwordLine}` };
  },
  'staff:set-password': async ({ services, caller, options }: CommandContext): Promise<Outcome> => {
    const { staffId, email } = await services(StaffService).setPassword(caller, {
      email: options.email,
      password: options.password,
    });
    return { json: { staffId, email }, text: `${email} has the new password; all their sessions have ended.` };
  },

  'staff:reset-second-factor': async ({ services, caller, options }: CommandContext): Promise<Outcome> => {
    const { staffId, email } = await services(SecondFactorsService).reset(caller, { email: options.email });
    return {
      json: { staffId, email },
      text: `${email} no longer has a second factor; all their sessions have ended.`,
    };
  },

  'secrets:rekey': async ({ services, caller }: CommandContext): Promise<Outcome> =>
    toRekeyOutcome(await services(StoredSecrets).rekey(caller)),

  'renewals:run': async ({ services, caller, options, printLine: tell }: CommandContext): Promise<Outcome> => {
    const { now, dryRun } = options;
    const json = await services(RenewalsService).run(caller, { now, dryRun }, { onProgress: tell });
    if (dryRun) tell('Dry run: nothing was changed.');
    return { json, text: JSON.stringify(json) };
  },
  'clock:set': async ({ services, caller, options }: CommandContext): Promise<Outcome> => {
    const { now } = await services(DemoClock).set(caller, { to: options.to });
    return { json: { now }, text: `It is ${formatUtcMoment(now)} in the demo.` };
  },
  'webhooks:replay': async ({ services, caller, options }: CommandContext): Promise<Outcome> => {
    const { endpoint: endpointId, since, until } = options;
    const json = await services(StaffReplaysService).replayRange(caller, { endpointId, since, until });
    return {
      json,
      text: `${formatCount(json.scheduled, 'delivery is', 'deliveries are')} scheduled again.`,
    };
  },
  'money:freeze': async ({ services, caller, options }: CommandContext): Promise<Outcome> =>
    toFreezeOutcome(await services(MoneyFreeze).freeze(caller, { reason: options.reason }), options.reason),
  'money:thaw': async ({ services, caller }: CommandContext): Promise<Outcome> =>
    toFreezeOutcome(await services(MoneyFreeze).thaw(caller)),

  'ledger:verify': async ({ services }: CommandContext): Promise<Outcome> => {
    const json = await services(LedgerVerifier).verify();
    if (json.ok) return { json, text: `The books are correct: ${json.checks} checks passed.` };
    return { json, text: json.faults.join('\n'), error: `the books have ${formatCount(json.faults.length, 'error')}` };
  },

  'ledger:checklist': async ({ services, options }: CommandContext): Promise<Outcome> => {
    const items = await services(MonthChecklist).read(options.month);
    const lines = items.map(({ isClear, text }) => `${isClear ? 'clear' : 'LOOK '}  ${text}`);
    return { json: { month: options.month, items }, text: lines.join('\n') };
  },
  'ledger:close': async ({ services, caller, options }: CommandContext): Promise<Outcome> => {
    // Before the month is closed, which is final.
    const removeFolder = await createFolder(options.out);
    const command = { month: options.month, allowEarlierOpen: options.allowEarlierOpen };
    const { files: packFiles, ...closed } = await services(MonthCloseService)
      .close(caller, command)
      .catch(async (error: unknown) => {
        await removeFolder();
        throw error;
      });
    const files = await writePack(options.out, packFiles);
    const status = closed.closedBefore ? 'was already closed' : 'is closed';
    const lines = files.map(({ name, bytes }) => `  ${name.padEnd(24)}${formatCount(bytes, 'byte')}`);
    return {
      json: { ...closed, files },
      text: [`${closed.month} ${status}; its pack is in ${options.out}:`, ...lines].join('\n'),
    };
  },
} satisfies Record<string, (call: CommandContext) => Promise<Outcome>>;

export type CommandName = keyof typeof operations;

async function readImportFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Error(`the file cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Before the import: it must not be done and then told as failed. A file that is refused leaves no other one. */
async function assertWritable(file: string): Promise<void> {
  const isNew = await access(file).then(
    () => false,
    () => true,
  );
  await writeRejected(file, '', 'a');
  if (isNew) await rm(file);
}

async function writeRejected(file: string, content: string, flag = 'w'): Promise<void> {
  try {
    await writeFile(file, content, { flag });
  } catch (error) {
    throw new Error(`the rejected lines cannot be written: ${(error as Error).message}`, { cause: error });
  }
}

function toPartnerText({ organizationId, projects, apiKey, apiKeyId }: NewPartner): string {
  const lines = [
    ['organization', organizationId],
    ...projects.map(({ id, name }) => ['project', `${id}   ${name}`]),
    ['key', apiKeyId],
    ['', `${apiKey}   (shown only once)`],
  ];
  return lines.map(([label, value]) => `${label!.padEnd(14)}${value}`).join('\n');
}

function toRekeyOutcome(columns: RekeyedColumn[]): Outcome {
  const sum = (name: 'rekeyed' | 'current' | 'unreadable') =>
    columns.reduce((total, column) => total + column[name], 0);
  const [rekeyed, current, unreadable] = [sum('rekeyed'), sum('current'), sum('unreadable')];
  const lines = columns.map(
    (column) => `  ${column.what}: ${column.rekeyed} encrypted again, ${column.current} under the first key before`,
  );
  return {
    json: { rekeyed, current, unreadable, columns },
    text: [`${rekeyed} encrypted again under the first of SECRETS_KEYS, ${current} before.`, ...lines].join('\n'),
    ...(unreadable > 0 && { error: `none of SECRETS_KEYS opens ${unreadable} of them, which stay as they are` }),
  };
}

function toKeyOutcome(key: ApiKey): Outcome {
  const { apiKeyId, organizationId, prefix, killedAt, revokedAt } = key;
  const status = revokedAt ? 'revoked' : killedAt ? 'killed' : 'live';
  const json = { apiKeyId, organizationId, prefix, status, killedAt, revokedAt };
  return { json, text: `${apiKeyId} is ${status}.` };
}

function toOrganizationOutcome(organization: Organization): Outcome {
  const { organizationId, name, suspendedAt } = organization;
  const text = sentence`${name} (${organizationId}) ${suspendedAt ? 'is suspended' : 'is not suspended'}.`;
  return { json: { organizationId, name, suspended: suspendedAt !== null, suspendedAt }, text };
}

/** @param newReason of a freeze; ignored where money is frozen already */
function toFreezeOutcome(state: FreezeState, newReason?: string): Outcome {
  const { frozenAt, reason } = state;
  const isIgnored = newReason !== undefined && newReason.trim() !== reason;
  const hint = isIgnored ? ' (already frozen; the reason is unchanged)' : '';
  const text = frozenAt
    ? sentence`Money is frozen since ${formatUtcMoment(frozenAt)}: ${reason}${hint}`
    : 'Money is not frozen.';
  return { json: { frozen: frozenAt !== null, frozenAt, reason }, text };
}

function toImportText({ created, updated, rejected }: Omit<ImportReport, 'rejectedCsv'>): string {
  const lines = rejected.map(({ line, reason }) => `  line ${line}: ${reason}`);
  return [`${created} created, ${updated} updated, ${rejected.length} rejected`, ...lines].join('\n');
}
