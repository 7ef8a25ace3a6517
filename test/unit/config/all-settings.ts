import { readSettings } from '../../../src/config/settings.js';

/** The names of all settings: those that the environment is asked for. */
export function allSettings(): string[] {
  const asked = new Set<string>();
  readSettings(
    new Proxy({} as NodeJS.ProcessEnv, {
      get: (_target, name) => {
        asked.add(String(name));
        return undefined;
      },
    }),
  );
  return [...asked];
}
