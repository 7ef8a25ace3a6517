import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../core/clock.js';
import { getPool } from '../core/connection-pool.js';
import { correctClockSkew } from '../core/clock-skew.js';
import { DomainError } from '../core/errors.js';
import { toNetwork } from '../core/network.js';
import { Pruner, PRUNE_BATCH_SIZE } from '../core/pruner.js';
import { literal, queryRows, sql } from '../core/sql.js';
import { toTextKey } from '../core/text-key.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { formatCount } from '../core/counts.js';
import { formatUtcClock } from '../core/utc-times.js';

const MINUTE_SECONDS = 60;

/** A one-time link is guessed from one address, a code or the present password for one person. */
export type GuessedSecret = 'link' | 'code' | 'password';

/** Thrown before the secret is checked. */
export class TooManySignIns extends DomainError {
  readonly code = 'RATE_LIMITED';
  constructor(
    override readonly retryAfterSeconds: number,
    now: Date,
    purpose = '',
  ) {
    const minutes = Math.ceil(retryAfterSeconds / MINUTE_SECONDS);
    const at = formatUtcClock(new Date(now.getTime() + retryAfterSeconds * 1000));
    super(`Too many attempts${purpose}. Try again in ${formatCount(minutes, 'minute')}, at ${at}.`);
  }
}

export interface Attempt {
  email: string;
  address: string;
  /** The device cookie, if the browser sent one. */
  device: string | undefined;
}

interface CountedAttempt {
  limiter: RateLimiterPostgres;
  key: string;
}

/**
 * Limits of sign-in attempts, counted in the database for all processes together.
 *
 * A browser that signed in to an account before has a signed device cookie for it, and its attempts count only against that
 * device. So guesses from other browsers cannot lock the person out (OWASP: device cookies).
 */
@Injectable()
export class SignInLimits implements OnModuleInit {
  /** An account from one address. */
  private readonly pair: RateLimiterPostgres;
  /** All accounts from one address. */
  private readonly address: RateLimiterPostgres;
  /** An account from all addresses, by browsers without its device cookie. */
  private readonly account: RateLimiterPostgres;
  /** An account by a browser with its device cookie. */
  private readonly device: RateLimiterPostgres;
  private readonly guessed: Record<GuessedSecret, RateLimiterPostgres>;

  constructor(
    dataSource: DataSource,
    private readonly pruner: Pruner,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {
    const store = correctClockSkew(getPool(dataSource), clock, 1);
    const createLimiter = (keyPrefix: string, points: number, minutes: number) =>
      new RateLimiterPostgres({
        storeClient: store,
        storeType: 'pool',
        tableName: 'sign_in_attempt',
        tableCreated: true,
        keyPrefix,
        points,
        duration: minutes * MINUTE_SECONDS,
        // The library deletes all expired ones in one statement, however many there are.
        clearExpiredByTimeout: false,
      });
    this.pair = createLimiter('pair', 5, 15);
    this.address = createLimiter('address', 50, 15);
    this.account = createLimiter('account', 60, 60);
    this.device = createLimiter('device', 10, 15);
    // One limit for all addresses: whoever can guess a person's codes has their password already.
    this.guessed = {
      code: createLimiter('code', 5, 15),
      password: createLimiter('own-password', 5, 15),
      link: createLimiter('link', 20, 15),
    };
  }

  onModuleInit(): void {
    this.pruner.register({ table: 'sign_in_attempt', deleteExpired });
  }

  /**
   * Counts an attempt before its password is checked, so that concurrent attempts cannot exceed the limit.
   * @returns what takes the attempt back after a right password
   * @throws TooManySignIns
   */
  async count(attempt: Attempt): Promise<() => Promise<void>> {
    const counted: CountedAttempt[] = [];
    for (const next of this.getLimits(attempt)) {
      await this.consume(next, ' to sign in');
      counted.push(next);
    }
    return async () => {
      for (const { limiter, key } of counted) {
        // Limits of this account are reset; those that other people may share get one attempt back.
        if (limiter === this.pair || limiter === this.device) await limiter.delete(key);
        else await limiter.reward(key);
      }
    };
  }

  /**
   * Counts a guess before it is checked.
   * @param owner the person's id, for a link the address
   * @returns what takes the guesses back after a right one
   * @throws TooManySignIns
   */
  async countGuess(secret: GuessedSecret, owner: string): Promise<() => Promise<void>> {
    const limiter = this.guessed[secret];
    const key = secret === 'link' ? toNetwork(owner) : owner;
    await this.consume({ limiter, key });
    return async () => {
      // Guesses from an address may be other people's too.
      if (secret === 'link') await limiter.reward(key);
      else await limiter.delete(key);
    };
  }

  createDeviceCookie(email: string): string {
    const payload = `${toEmailKey(email)}.${randomBytes(16).toString('base64url')}`;
    return `${payload}.${sign(payload, this.settings.sessionSecrets[0]!)}`;
  }

  private async consume({ limiter, key }: CountedAttempt, purpose?: string): Promise<void> {
    try {
      await limiter.consume(key);
    } catch (refusal) {
      // The library throws a plain result for a refusal, an Error when the store fails.
      if (refusal instanceof Error) throw refusal;
      const seconds = Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1000));
      throw new TooManySignIns(seconds, this.clock.databaseNow(), purpose);
    }
  }

  private getLimits({ email, address, device }: Attempt): CountedAttempt[] {
    const account = toEmailKey(email);
    const known = this.findKnownDevice(account, device);
    if (known) return [{ limiter: this.device, key: known }];
    const network = toNetwork(address);
    return [
      { limiter: this.pair, key: `${account}:${network}` },
      { limiter: this.address, key: network },
      { limiter: this.account, key: account },
    ];
  }

  /** The nonce of a valid device cookie of this account, which identifies the device. */
  private findKnownDevice(account: string, cookie: string | undefined): string | null {
    const [owner, nonce, signature, ...rest] = (cookie ?? '').split('.');
    if (owner !== account || !nonce || !signature || rest.length > 0) return null;
    const received = Buffer.from(signature);
    const isValid = this.settings.sessionSecrets.some((secret) => {
      const expected = Buffer.from(sign(`${owner}.${nonce}`, secret));
      return received.length === expected.length && timingSafeEqual(received, expected);
    });
    return isValid ? nonce : null;
  }
}

function sign(payload: string, secret: string): string {
  return createHmac('sha256', secret).update(`device cookie ${payload}`).digest('base64url');
}

/** Keeps emails out of the table and the cookie, and the key short. */
function toEmailKey(email: string): string {
  return createHash('sha256').update(toTextKey(email)).digest('hex').slice(0, 32);
}

function deleteExpired(em: EntityManager): Promise<unknown[]> {
  return queryRows(
    em,
    sql`DELETE FROM sign_in_attempt WHERE key IN (
          SELECT key FROM sign_in_attempt WHERE expire < extract(epoch FROM now()) * 1000
           LIMIT ${literal(PRUNE_BATCH_SIZE)} FOR UPDATE SKIP LOCKED)
        RETURNING key`,
  );
}
