import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import type { SystemCaller } from '../authorization/actor.js';
import { SettingsError } from '../config/settings.js';
import { SEALED_BATCH_SIZE, SealedColumns, type SealedColumn, type SealedSecret } from '../core/sealed-columns.js';
import { SecretBox } from '../core/secret-box.js';
import { Transactions } from '../core/transactions.js';
import { formatCount } from '../core/counts.js';
import { formatUtcDay } from '../core/utc-times.js';

/** What became of the secrets of one column. */
export interface RekeyedColumn {
  what: string;
  /** Encrypted again, under the first key. */
  rekeyed: number;
  /** Under the first key before. */
  current: number;
  /** None of the keys opens them; they are as they were. */
  unreadable: number;
}

interface Pass extends Omit<RekeyedColumn, 'what'> {
  /** Changed by somebody else in that moment. */
  missed: number;
}

/** Others may go on encrypting under an older key as long as they run: then no pass would be the last one. */
const MAX_PASSES = 5;

/** All secrets that `SECRETS_KEYS` protect. */
@Injectable()
export class StoredSecrets {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly columns: SealedColumns,
    private readonly box: SecretBox,
    private readonly audit: AuditService,
  ) {}

  /**
   * Without it a lost key is noticed by the first person who cannot sign in.
   * @throws SettingsError which says of what time the missing keys are
   */
  async assertAllOpen(): Promise<void> {
    const sentences: string[] = [];
    for (const column of this.columns.all) {
      const closed: SealedSecret[] = [];
      let total = 0;
      for await (const batch of this.readBatches(column)) {
        total += batch.length;
        closed.push(...batch.filter((secret) => !this.opens(secret)));
      }
      if (closed.length > 0) sentences.push(toSentence(column, closed, total));
    }
    if (sentences.length > 0) throw new SettingsError(sentences.join(' '));
  }

  /**
   * Encrypts all of them under the first of `SECRETS_KEYS`, each in a transaction of its own: beside running services, and again after
   * an interruption. One that is changed meanwhile stays as it was changed, and is looked at again.
   * @throws SettingsError without a key
   */
  async rekey(caller: SystemCaller): Promise<RekeyedColumn[]> {
    if (!this.box.hasKeys())
      throw new SettingsError('SECRETS_KEYS is required: the key to encrypt with, and those before.');
    const report = new Map<SealedColumn, RekeyedColumn>();
    for (let pass = 1, isDone = false; !isDone && pass <= MAX_PASSES; pass += 1) {
      isDone = true;
      for (const column of this.columns.all) {
        const { missed, ...counts } = await this.rekeyColumn(column);
        if (missed + counts.rekeyed > 0) isDone = false;
        const before = report.get(column);
        report.set(column, before ? addUp(before, counts) : { what: column.many, ...counts });
      }
    }
    const columns = [...report.values()];
    if (columns.some(({ rekeyed }) => rekeyed > 0)) {
      await this.transactions.run((em) =>
        this.audit.record(em, caller, { type: 'secrets.rekeyed', objectId: 'secrets', internal: { columns } }),
      );
    }
    return columns;
  }

  private async rekeyColumn(column: SealedColumn): Promise<Pass> {
    const pass: Pass = { rekeyed: 0, current: 0, unreadable: 0, missed: 0 };
    for await (const batch of this.readBatches(column)) {
      for (const secret of batch) pass[await this.rekeyOne(column, secret)] += 1;
    }
    return pass;
  }

  private async rekeyOne(column: SealedColumn, { id, sealed, purpose }: SealedSecret): Promise<keyof Pass> {
    if (!this.opens({ sealed, purpose })) return 'unreadable';
    const again = this.box.reseal(sealed, purpose);
    if (again === null) return 'current';
    const replaced = await this.transactions.run((em) => column.replace(em, id, sealed, again));
    return replaced.length > 0 ? 'rekeyed' : 'missed';
  }

  private async *readBatches({ readAfter }: SealedColumn): AsyncGenerator<SealedSecret[]> {
    for (let after = ''; ;) {
      const batch = await readAfter(this.dataSource.manager, after);
      yield batch;
      if (batch.length < SEALED_BATCH_SIZE) return;
      after = batch.at(-1)!.id;
    }
  }

  private opens({ sealed, purpose }: Pick<SealedSecret, 'sealed' | 'purpose'>): boolean {
    try {
      this.box.open(sealed, purpose);
      return true;
    } catch {
      return false;
    }
  }
}

/** @param last counts of a later pass, which sees again what the one before encrypted */
function addUp({ what, rekeyed, current }: RekeyedColumn, last: Omit<Pass, 'missed'>): RekeyedColumn {
  return { what, rekeyed: rekeyed + last.rekeyed, current, unreadable: last.unreadable };
}

function toSentence({ one, many, event, remedy }: SealedColumn, closed: SealedSecret[], total: number): string {
  const times = closed.map(({ sealedAt }) => sealedAt.getTime());
  const [first, last] = [Math.min(...times), Math.max(...times)].map((time) => formatUtcDay(new Date(time)));
  const what = formatCount(closed.length, one, many);
  const when = first === last ? `on ${first}` : `from ${first} to ${last}`;
  const then = `when ${what} of ${total} ${closed.length === 1 ? 'was' : 'were'} ${event}, or at the last secrets:rekey`;
  return `SECRETS_KEYS lacks the key that was the first ${when}, ${then}: add it behind the others${remedy}.`;
}
