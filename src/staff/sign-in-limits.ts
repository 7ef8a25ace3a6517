import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible';
import { DataSource } from 'typeorm';
import { DomainError } from '../core/errors.js';
import { toNetwork } from '../core/network.js';
import { SETTINGS, type ReadySettings } from '../config/settings.js';

const MINUTE = 60;

/** What is guessed at: a one-time link from one address, a code or the own password of one person. */
export type GuessedSecret = 'link' | 'code' | 'password';

/** Refused before the password was looked at. */
export class TooManySignIns extends DomainError {
  readonly code = 'RATE_LIMITED';
  constructor(
    override readonly retryAfterSeconds: number,
    now: Date,
    what = '',
  ) {
    const minutes = Math.ceil(retryAfterSeconds / MINUTE);
    const at = new Date(now.getTime() + retryAfterSeconds * 1000).toISOString().slice(11, 16);
    super(`Too many attempts${what}. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}, at ${at} UTC.`);
  }
}

/** Who tries, from where, and on which browser. */
export interface Attempt {
  email: string;
  address: string;
  /** The device cookie, if the browser sent one. */
  device: string | undefined;
}

/** One limit that an attempt counts against. */
interface CountedAttempt {
  limiter: RateLimiterPostgres;
  key: string;
}

/**
 * How often one may try to sign in, counted in the database for all processes together.
 *
 * A browser that signed in to an account before holds a signed device cookie for it, and its attempts count against that
 * device alone. So a stranger who guesses at an account uses up the limits of strangers, and never those of the person
 * (OWASP: device cookies).
 */
@Injectable()
export class SignInLimits {
  /** An account from one address. */
  private readonly pair: RateLimiterPostgres;
  /** All accounts from one address. */
  private readonly address: RateLimiterPostgres;
  /** An account from everywhere, by browsers that it does not know. */
  private readonly account: RateLimiterPostgres;
  /** An account on a browser that it knows. */
  private readonly device: RateLimiterPostgres;
  private readonly guessed: Record<GuessedSecret, RateLimiterPostgres>;

  constructor(
    dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {
    const limiter = (keyPrefix: string, points: number, minutes: number) =>
      new RateLimiterPostgres({
        storeClient: dataSource,
        storeType: 'typeorm',
        tableName: 'sign_in_attempt',
        tableCreated: true,
        keyPrefix,
        points,
        duration: minutes * MINUTE,
      });
    this.pair = limiter('pair', 5, 15);
    this.address = limiter('address', 50, 15);
    this.account = limiter('account', 60, 60);
    this.device = limiter('device', 10, 15);
    // Who gets this far as a stranger has the password already, so a person's codes have one limit for all addresses.
    this.guessed = {
      code: limiter('code', 5, 15),
      password: limiter('own-password', 5, 15),
      link: limiter('link', 20, 15),
    };
  }

  /**
   * Counts an attempt before its password is looked at, so that many at once cannot slip through together.
   * @returns what gives it back once the password was right
   * @throws TooManySignIns
   */
  async count(attempt: Attempt): Promise<() => Promise<void>> {
    const counted: CountedAttempt[] = [];
    for (const next of this.limitsFor(attempt)) {
      await consume(next, ' to sign in');
      counted.push(next);
    }
    return async () => {
      for (const { limiter, key } of counted) {
        // Attempts on one's own account are forgiven as a whole, those that others may share one by one.
        if (limiter === this.pair || limiter === this.device) await limiter.delete(key);
        else await limiter.reward(key);
      }
    };
  }

  /**
   * Counts a guess before it is looked at.
   * @param of the person's id, or the address where nobody is known yet
   * @returns what forgives the guesses once one was right
   * @throws TooManySignIns
   */
  async countGuess(what: GuessedSecret, of: string): Promise<() => Promise<void>> {
    const limiter = this.guessed[what];
    const key = what === 'link' ? toNetwork(of) : of;
    await consume({ limiter, key });
    return async () => {
      // Those of an address may be others' too.
      if (what === 'link') await limiter.reward(key);
      else await limiter.delete(key);
    };
  }

  /** The device cookie of a browser that has just signed in to this account. */
  deviceCookieFor(email: string): string {
    const named = `${toEmailKey(email)}.${randomBytes(16).toString('base64url')}`;
    return `${named}.${this.signature(named)}`;
  }

  private limitsFor({ email, address, device }: Attempt): CountedAttempt[] {
    const account = toEmailKey(email);
    const known = this.knownDevice(account, device);
    if (known) return [{ limiter: this.device, key: known }];
    const network = toNetwork(address);
    return [
      { limiter: this.pair, key: `${account}:${network}` },
      { limiter: this.address, key: network },
      { limiter: this.account, key: account },
    ];
  }

  /** The device's own name, where the cookie is one of ours for this account. */
  private knownDevice(account: string, cookie: string | undefined): string | null {
    const [of, nonce, signature, ...rest] = (cookie ?? '').split('.');
    if (of !== account || !nonce || !signature || rest.length > 0) return null;
    const expected = Buffer.from(this.signature(`${of}.${nonce}`));
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected) ? nonce : null;
  }

  private signature(named: string): string {
    return createHmac('sha256', this.settings.sessionSecret).update(`device cookie ${named}`).digest('base64url');
  }
}

async function consume({ limiter, key }: CountedAttempt, what?: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    // The store's own trouble comes as an Error, a refusal as a plain result.
    if (refusal instanceof Error) throw refusal;
    const seconds = Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1000));
    throw new TooManySignIns(seconds, new Date(), what);
  }
}

/** Emails are neither kept in the table nor in a cookie, and fit its key whatever their length. */
function toEmailKey(email: string): string {
  return createHash('sha256').update(email.trim().toLowerCase()).digest('hex').slice(0, 32);
}
