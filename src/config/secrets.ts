import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { ReadySettings, Settings } from './settings.js';

interface Secrets {
  sessionSecret: string;
  secretsKeys: string[];
}

/**
 * Completes the settings for an application over this database. Secrets that the environment does not give are
 * generated once into the data folder, readable for its owner alone; with DATABASE_URL `readSettings` has required them.
 */
export function completeSettings(settings: Settings, databaseUrl: string): ReadySettings {
  const { sessionSecret, secretsKeys } = settings;
  if (sessionSecret && secretsKeys) return { ...settings, databaseUrl, sessionSecret, secretsKeys };
  const kept = readStoredSecrets(settings.dataDir);
  return {
    ...settings,
    databaseUrl,
    sessionSecret: sessionSecret ?? kept.sessionSecret,
    secretsKeys: secretsKeys ?? kept.secretsKeys,
  };
}

function readStoredSecrets(dataDir: string): Secrets {
  const file = path.join(dataDir, 'secrets.json');
  if (!fs.existsSync(file)) storeNewSecrets(file);
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Secrets;
}

/** Of two first starts at once, both end up with the same file, and never with half of one. */
function storeNewSecrets(file: string): void {
  const secrets: Secrets = { sessionSecret: newSecret(), secretsKeys: [newSecret()] };
  const unfinished = `${file}.${randomBytes(6).toString('hex')}`;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(unfinished, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
  try {
    fs.linkSync(unfinished, file);
  } catch (error) {
    // Not every file system has links; there the later of two wins.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') fs.renameSync(unfinished, file);
  } finally {
    fs.rmSync(unfinished, { force: true });
  }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}
