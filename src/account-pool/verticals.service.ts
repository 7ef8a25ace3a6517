import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { DomainEvents } from '../core/domain-events.js';
import { validated, IsText } from '../core/validation.js';
import { queryRow, queryRows, sql, literal } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';
import { Conflict, NotFound, ValidationFailed } from '../core/errors.js';
import { toTextKey } from '../core/text-key.js';
import { sentence } from '../core/sentence.js';
import { readKnownVerticals } from './known-verticals.js';
import { MAX_COUNTED } from './matching.js';

export class MapVertical {
  /** The partner's word. */
  @IsText(1, 100)
  synonym: string;

  /** The pool's vertical that it means from now on. */
  @IsText(1, 100)
  vertical: string;
}

export class RemoveSynonym {
  /** The partner's word. */
  @IsText(1, 100)
  synonym: string;

  /** What it means now. */
  @IsText(1, 100)
  vertical: string;
}

const MAX_COMPARED_LENGTH = 100;
const MAX_SUGGESTIONS = 5;
/** More than are suggested: some known verticals have no account any more. */
const MAX_COMPARED = 4 * MAX_SUGGESTIONS;

/** A vertical of the pool that is spelled like the requested one; `similarity` is 0 to 1, `accounts` at most 101. */
export interface SimilarVertical {
  vertical: string;
  accounts: number;
  similarity: number;
}

/** The pool's verticals and the words that partners use for them. */
@Injectable()
export class VerticalsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly domainEvents: DomainEvents,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** What staff have mapped a vertical to, or `null`. */
  async findMeaning(em: EntityManager, vertical: string): Promise<string | null> {
    const mapped = await queryRow<{ vertical: string }>(
      em,
      sql`SELECT vertical FROM vertical_synonym WHERE synonym = ${toTextKey(vertical)}`,
    );
    return mapped?.vertical ?? null;
  }

  /** The pool's verticals that are spelled like this one, the closest first. */
  async findSimilar(vertical: string): Promise<SimilarVertical[]> {
    const em = this.dataSource.manager;
    const close = (await readKnownVerticals(em)).findClose(toTextKey(vertical)).slice(0, MAX_COMPARED);
    const counted = await queryRows<{ vertical: string; accounts: number }>(
      em,
      sql`SELECT close.vertical, counted.accounts
         FROM unnest(${close.map((known) => known.text)}::text[]) AS close (vertical)
         CROSS JOIN LATERAL (
           SELECT count(*) AS accounts FROM (
             SELECT FROM social_account WHERE verticals @> ARRAY[close.vertical] AND NOT sandbox AND status NOT IN ('quarantined', 'retired')
              LIMIT ${literal(MAX_COUNTED)}) usable
         ) counted`,
    );
    const accountsOf = new Map(counted.map((known) => [known.vertical, known.accounts]));
    return close
      .map(({ text, similarity }) => ({ vertical: text, accounts: accountsOf.get(text) ?? 0, similarity }))
      .filter(({ accounts }) => accounts > 0)
      .sort((one, other) => other.similarity - one.similarity || other.accounts - one.accounts)
      .slice(0, MAX_SUGGESTIONS);
  }

  /** Whether an account of the pool has that vertical, in any status. */
  async isKnown(em: EntityManager, vertical: string): Promise<boolean> {
    const known = await queryRow(
      em,
      sql`SELECT 1 AS known FROM social_account WHERE verticals @> ARRAY[${toTextKey(vertical)}::text] AND NOT sandbox LIMIT 1`,
    );
    return known !== null;
  }

  /** Maps a partner's word to a vertical of the pool, for all requests; replaces an earlier mapping. @throws ValidationFailed */
  async map(caller: Insider, input: MapVertical): Promise<MapVertical> {
    assertAllowed(caller, 'editAccounts');
    const command = validated(MapVertical, input);
    return this.transactions.run(async (em) => {
      const mapping = await this.toMapping(em, command);
      const earlier = await this.insertMapping(em, caller, mapping);
      if (earlier !== null) await this.updateMapping(em, caller, mapping, earlier);
      return mapping;
    });
  }

  /** Maps a word that has no mapping yet. @throws Conflict when it is mapped to another vertical, ValidationFailed */
  async mapOnce(em: EntityManager, caller: Insider, command: MapVertical): Promise<MapVertical> {
    const mapping = await this.toMapping(em, command);
    const earlier = await this.insertMapping(em, caller, mapping);
    if (earlier !== null && earlier !== mapping.vertical) {
      throw new Conflict(
        'already_exists',
        sentence`A colleague has just mapped “${mapping.synonym}” to ${earlier}; nothing was changed. You can change it in the list of verticals.`,
      );
    }
    return mapping;
  }

  /** @throws ValidationFailed */
  private async toMapping(em: EntityManager, command: MapVertical): Promise<MapVertical> {
    const synonym = toTextKey(command.synonym);
    const vertical = toTextKey(command.vertical);
    // Some capital letters are two small ones.
    if ([...synonym].length > MAX_COMPARED_LENGTH) {
      const message = `must be at most ${MAX_COMPARED_LENGTH} characters in small letters`;
      throw new ValidationFailed([{ path: 'synonym', message }]);
    }
    if (synonym === vertical || !(await this.isKnown(em, vertical))) {
      throw new ValidationFailed([{ path: 'vertical', message: 'must be another vertical that the pool has' }]);
    }
    return { synonym, vertical };
  }

  /** @returns what the word is mapped to already, its row locked; `null` when the mapping was inserted */
  private async insertMapping(
    em: EntityManager,
    caller: Insider,
    { synonym, vertical }: MapVertical,
  ): Promise<string | null> {
    const now = this.clock.now();
    const inserted = await queryRows(
      em,
      sql`INSERT INTO vertical_synonym (synonym, vertical, created_at, created_by)
       VALUES (${synonym}, ${vertical}, ${now}, ${getActorId(caller)})
       ON CONFLICT (synonym) DO NOTHING RETURNING synonym`,
    );
    if (inserted.length > 0) {
      await this.publishChange(em, caller, { synonym, vertical }, null, now);
      return null;
    }
    const earlier = await queryRow<{ vertical: string }>(
      em,
      sql`SELECT vertical FROM vertical_synonym WHERE synonym = ${synonym} FOR UPDATE`,
    );
    // It was removed between the two statements.
    return earlier ? earlier.vertical : this.insertMapping(em, caller, { synonym, vertical });
  }

  private async updateMapping(em: EntityManager, caller: Insider, mapping: MapVertical, before: string): Promise<void> {
    const now = this.clock.now();
    await queryRows(
      em,
      sql`UPDATE vertical_synonym SET vertical = ${mapping.vertical}, created_at = ${now}, created_by = ${getActorId(caller)}
        WHERE synonym = ${mapping.synonym}`,
    );
    await this.publishChange(em, caller, mapping, before, now);
  }

  private async publishChange(
    em: EntityManager,
    caller: Insider,
    mapping: MapVertical,
    before: string | null,
    since: Date,
  ): Promise<void> {
    await this.audit.record(em, caller, {
      type: 'vertical.mapped',
      objectId: mapping.synonym,
      internal: { before: { vertical: before }, after: { vertical: mapping.vertical } },
    });
    this.domainEvents.publish(em, 'accountsBecameAvailable', { since });
  }

  /** @throws NotFound where the word is not mapped to that vertical, ValidationFailed, ForbiddenRole */
  async removeSynonym(caller: Insider, input: RemoveSynonym): Promise<MapVertical> {
    assertAllowed(caller, 'editAccounts');
    const command = validated(RemoveSynonym, input);
    const synonym = toTextKey(command.synonym);
    const vertical = toTextKey(command.vertical);
    return this.transactions.run(async (em) => {
      const deleted = await queryRows(
        em,
        sql`DELETE FROM vertical_synonym WHERE synonym = ${synonym} AND vertical = ${vertical} RETURNING synonym`,
      );
      if (deleted.length === 0) throw new NotFound(sentence`The synonym “${synonym}” of ${vertical}`);
      await this.audit.record(em, caller, {
        type: 'vertical.forgotten',
        objectId: synonym,
        internal: { before: { vertical }, after: null },
      });
      return { synonym, vertical };
    });
  }
}
