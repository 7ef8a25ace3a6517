import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { ReadySettings, Settings } from './settings.js';

const FILE = 'secrets.json';

interface StoredSecrets {
  sessionSecret: string;
  secretsKeys: string[];
}

/**
 * Adds the database and the secrets to the settings. Secrets that the environment does not set are generated once into the
 * data folder, readable by its owner only; with DATABASE_URL `readSettings` has already required them.
 */
export function completeSettings(settings: Settings, databaseUrl: string): ReadySettings {
  const { sessionSecrets, secretsKeys } = settings;
  if (sessionSecrets && secretsKeys) return { ...settings, databaseUrl, sessionSecrets, secretsKeys };
  const stored = readStoredSecrets(settings.dataDir);
  return {
    ...settings,
    databaseUrl,
    sessionSecrets: sessionSecrets ?? [stored.sessionSecret],
    secretsKeys: secretsKeys ?? stored.secretsKeys,
  };
}

/** Those that a start has generated into the data folder; none before the first one. */
export function readGeneratedKeys(dataDir: string): string[] {
  const file = path.join(dataDir, FILE);
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as StoredSecrets).secretsKeys : [];
}

function readStoredSecrets(dataDir: string): StoredSecrets {
  const file = path.join(dataDir, FILE);
  if (!fs.existsSync(file)) storeNewSecrets(file);
  return JSON.parse(fs.readFileSync(file, 'utf8')) as StoredSecrets;
}

/** Atomic: two processes that start for the first time at once end up with the same complete file. */
function storeNewSecrets(file: string): void {
  const secrets: StoredSecrets = { sessionSecret: newSecret(), secretsKeys: [newSecret()] };
  const temporaryFile = `${file}.${randomBytes(6).toString('hex')}`;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(temporaryFile, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
  try {
    fs.linkSync(temporaryFile, file);
  } catch (error) {
    // Not every file system has hard links; there the later process wins.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') fs.renameSync(temporaryFile, file);
  } finally {
    fs.rmSync(temporaryFile, { force: true });
  }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
