import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SettingsError } from '../config/settings.js';
import { SecretBox } from '../core/secret-box.js';
import { queryRows, sql } from '../core/sql.js';
import { toSealPurpose } from './second-factor.js';
import { formatCount } from '../core/counts.js';
import { formatUtcDay } from '../core/utc-times.js';

interface SealedFactor {
  staffId: string;
  sealedSecret: Buffer;
  createdAt: Date;
}

/** Whether SECRETS_KEYS still open what is stored: without it a lost key is noticed by the first person who cannot sign in. */
@Injectable()
export class StoredSecrets {
  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
  ) {}

  /** @throws SettingsError which says of what time the missing key is */
  async assertAllOpen(): Promise<void> {
    const factors = await queryRows<SealedFactor>(
      this.dataSource.manager,
      sql`SELECT staff_id AS "staffId", sealed_secret AS "sealedSecret", created_at AS "createdAt"
            FROM staff_second_factor ORDER BY created_at`,
    );
    const closed = factors.filter((factor) => !this.opens(factor));
    if (closed.length === 0) return;
    const [first, last] = [closed[0]!, closed.at(-1)!].map(({ createdAt }) => formatUtcDay(createdAt));
    const what = formatCount(closed.length, 'second factor');
    const when = first === last ? `on ${first}` : `from ${first} to ${last}`;
    throw new SettingsError(
      `SECRETS_KEYS lacks the key that was the first ${when}, when ${what} of ${factors.length} ${closed.length === 1 ? 'was' : 'were'} set up: add it behind the others, or reset these second factors with staff:reset-second-factor.`,
    );
  }

  private opens({ staffId, sealedSecret }: SealedFactor): boolean {
    try {
      this.box.open(sealedSecret, toSealPurpose(staffId));
      return true;
    } catch {
      return false;
    }
  }
}
