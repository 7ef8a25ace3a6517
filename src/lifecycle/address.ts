import { createServer } from 'node:net';
import { SettingsError, type Settings } from '../config/settings.js';

type Address = Pick<Settings, 'host' | 'port'>;
type PortSetting = 'PORT' | 'METRICS_PORT';

/** @throws SettingsError that names the address when the service could not listen there */
export function assertFree(address: Address, setting: PortSetting): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(toListenError(address, setting, error)));
    probe.listen(address.port, address.host, () => probe.close(() => resolve()));
  });
}

/** A SettingsError with a message of one line for an address that cannot be listened on; any other error as it is. */
export function toListenError({ host, port }: Address, setting: PortSetting, error: NodeJS.ErrnoException): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new SettingsError(
        `Port ${port} on ${host} is taken: stop what listens there, or set ${setting} to another one.`,
      );
    case 'EACCES':
      return new SettingsError(`Port ${port} is not open to this user: set ${setting} to one from 1024 up.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new SettingsError(`HOST is ${host}, which is no address of this machine.`);
    default:
      return error;
  }
}

/** The origin under which a browser on this machine reaches the service. */
export function toOrigin({ host, port }: Address): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
