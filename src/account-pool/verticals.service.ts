import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Insider } from '../authorization/actor.js';
import { getActorId, AuditService } from '../audit/audit.service.js';
import { Clock } from '../core/clock.js';
import { DomainEvents } from '../core/domain-events.js';
import { validated, IsText } from '../core/validation.js';
import { queryRow, queryRows } from '../core/sql.js';
import { Transactions } from '../core/transactions.js';
import { assertAllowed } from '../authorization/permissions.js';
import { Conflict, NotFound, ValidationFailed } from '../core/errors.js';
import { MIN_SIMILARITY, similarity } from './similarity.js';
import { MAX_COUNTED, normalizeVertical } from './matching.js';

export class MapVertical {
  /** The partner's word. */
  @IsText(1, 100)
  synonym: string;

  /** The pool's word that it stands for from now on. */
  @IsText(1, 100)
  vertical: string;
}

export class RemoveSynonym {
  /** The word that is to stand for nothing but itself again. */
  @IsText(1, 100)
  synonym: string;

  /** What it stands for now. */
  @IsText(1, 100)
  vertical: string;
}

const MAX_COMPARED_LENGTH = 100;
const MAX_SUGGESTIONS = 5;
/** A word that no account has any more is kept all the same. */
const LOOKED_AT = 4 * MAX_SUGGESTIONS;

/** A vertical of the pool that is written like the one asked for; `similarity` is 0 to 1, `accounts` no more than 101. */
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
    private readonly announcements: DomainEvents,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** What staff have mapped a vertical to, or `null`. */
  async findMeaning(em: EntityManager, vertical: string): Promise<string | null> {
    const mapped = await queryRow<{ vertical: string }>(
      em,
      'SELECT vertical FROM vertical_synonym WHERE synonym = $1',
      [normalizeVertical(vertical)],
    );
    return mapped?.vertical ?? null;
  }

  /** For a vertical that no account has: those of the pool that are written like it, the closest first, with their accounts counted up to a bound. */
  async findSimilar(vertical: string): Promise<SimilarVertical[]> {
    return queryRows<SimilarVertical>(
      this.dataSource.manager,
      `SELECT close.vertical, counted.accounts, round(close.similarity::numeric, 2)::float AS similarity
         FROM (SELECT known.vertical, ${similarity('known.vertical', '$1')} AS similarity FROM known_vertical known
                WHERE ${similarity('known.vertical', '$1')} >= ${MIN_SIMILARITY} ORDER BY 2 DESC, 1 LIMIT ${LOOKED_AT}) close
         CROSS JOIN LATERAL (
           SELECT count(*) AS accounts FROM (
             SELECT FROM social_account WHERE verticals @> ARRAY[close.vertical] AND status NOT IN ('quarantined', 'retired')
              LIMIT ${MAX_COUNTED}) standing
         ) counted
        WHERE counted.accounts > 0
        ORDER BY close.similarity DESC, counted.accounts DESC, close.vertical LIMIT ${MAX_SUGGESTIONS}`,
      [normalizeVertical(vertical)],
    );
  }

  /** Whether any account of the pool, of whatever status, has that vertical. */
  async isKnown(em: EntityManager, vertical: string): Promise<boolean> {
    const known = await queryRow(
      em,
      'SELECT 1 AS known FROM social_account WHERE verticals @> ARRAY[$1::text] LIMIT 1',
      [normalizeVertical(vertical)],
    );
    return known !== null;
  }

  /** Remembers for all requests what a partner's word stands for. The newest mapping of a word counts. @throws ValidationFailed */
  async map(caller: Insider, input: MapVertical): Promise<MapVertical> {
    assertAllowed(caller, 'editAccounts');
    const command = validated(MapVertical, input);
    return this.transactions.run(async (em) => {
      const words = await this.assertMappable(em, command);
      const standing = await this.saveMapping(em, caller, words);
      if (standing !== null) await this.write(em, caller, words, standing);
      return words;
    });
  }

  /** The same where nobody has said yet what the word stands for. @throws Conflict when it stands for another vertical already */
  async mapOnce(em: EntityManager, caller: Insider, command: MapVertical): Promise<MapVertical> {
    const words = await this.assertMappable(em, command);
    const standing = await this.saveMapping(em, caller, words);
    if (standing !== null && standing !== words.vertical) {
      throw new Conflict(
        'already_exists',
        `A colleague has said meanwhile that “${words.synonym}” stands for ${standing}; nothing was changed. The list of verticals changes it.`,
      );
    }
    return words;
  }

  private async assertMappable(em: EntityManager, command: MapVertical): Promise<MapVertical> {
    const synonym = normalizeVertical(command.synonym);
    const vertical = normalizeVertical(command.vertical);
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

  /** Writes the mapping down if the word has none. @returns what it stands for already, its row held; `null` when it was written */
  private async saveMapping(
    em: EntityManager,
    caller: Insider,
    { synonym, vertical }: MapVertical,
  ): Promise<string | null> {
    const now = this.clock.now();
    const kept = await queryRows(
      em,
      `INSERT INTO vertical_synonym (synonym, vertical, created_at, created_by) VALUES ($1, $2, $3, $4)
       ON CONFLICT (synonym) DO NOTHING RETURNING synonym`,
      [synonym, vertical, now, getActorId(caller)],
    );
    if (kept.length > 0) {
      await this.publishChange(em, caller, { synonym, vertical }, null, now);
      return null;
    }
    const standing = await queryRow<{ vertical: string }>(
      em,
      'SELECT vertical FROM vertical_synonym WHERE synonym = $1 FOR UPDATE',
      [synonym],
    );
    // Forgotten between the two looks.
    return standing ? standing.vertical : this.saveMapping(em, caller, { synonym, vertical });
  }

  private async write(em: EntityManager, caller: Insider, words: MapVertical, before: string): Promise<void> {
    const now = this.clock.now();
    await queryRows(
      em,
      'UPDATE vertical_synonym SET vertical = $2, created_at = $3, created_by = $4 WHERE synonym = $1',
      [words.synonym, words.vertical, now, getActorId(caller)],
    );
    await this.publishChange(em, caller, words, before, now);
  }

  private async publishChange(
    em: EntityManager,
    caller: Insider,
    words: MapVertical,
    before: string | null,
    since: Date,
  ): Promise<void> {
    await this.audit.record(em, caller, {
      type: 'vertical.mapped',
      objectId: words.synonym,
      internal: { before: { vertical: before }, after: { vertical: words.vertical } },
    });
    this.announcements.publish(em, 'accountsBecameAvailable', { since });
  }

  /** Takes a mapping back. @throws NotFound where the word does not stand for that vertical, ValidationFailed, ForbiddenRole */
  async removeSynonym(caller: Insider, input: RemoveSynonym): Promise<MapVertical> {
    assertAllowed(caller, 'editAccounts');
    const command = validated(RemoveSynonym, input);
    const synonym = normalizeVertical(command.synonym);
    const vertical = normalizeVertical(command.vertical);
    return this.transactions.run(async (em) => {
      const found = await queryRows(
        em,
        'DELETE FROM vertical_synonym WHERE synonym = $1 AND vertical = $2 RETURNING synonym',
        [synonym, vertical],
      );
      if (found.length === 0) throw new NotFound(`The word “${synonym}” for ${vertical}`);
      await this.audit.record(em, caller, {
        type: 'vertical.forgotten',
        objectId: synonym,
        internal: { before: { vertical }, after: null },
      });
      return { synonym, vertical };
    });
  }
}
