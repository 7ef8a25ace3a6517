import { uptime } from 'node:os';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { SETTINGS, type ReadySettings } from '../config/settings.js';
import { Clock, CLOCK_FAULT_MS, type ClockReading } from './clock.js';
import { queryRow, sql } from './sql.js';
import { formatCount } from './counts.js';

/** Of the demo: every process has to see within a second that its clock was moved. */
const DEMO_SYNC_EVERY_MS = 450;
const SYNC_EVERY_MS = 2_000;
/** The one with the shortest round trip is kept. */
const FIRST_READINGS = 5;
const WARNING_MS = 2_000;

interface Difference {
  /** As far as it is certain. */
  ms: number;
  clause: string;
}

/** Keeps this process's business clock at the database's, and in the demo at what its database says. */
@Injectable()
export class ClockSync implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('Clock');
  private timer: NodeJS.Timeout | undefined;
  private level: 'agrees' | 'differs' | 'fault' = 'agrees';
  /** Milliseconds of system suspend, plus a constant: `performance.now()` stops while the system is suspended. */
  private suspendedMs = readSuspendedMs();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: ReadySettings,
  ) {}

  async onModuleInit(): Promise<void> {
    this.check(await readDatabaseClock(this.dataSource, FIRST_READINGS));
    await this.syncDemo();
    this.scheduleSync();
  }

  beforeApplicationShutdown(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Reads once the database's clock and how far the demo's is ahead of it. */
  async sync(): Promise<void> {
    this.check(await readDatabaseClock(this.dataSource, 1));
    await this.syncDemo();
  }

  /** Does nothing outside the demo and in a database that is not migrated yet. */
  private async syncDemo(): Promise<void> {
    if (!this.settings.demo) return;
    const em = this.dataSource.manager;
    const table = await queryRow<{ exists: boolean }>(
      em,
      sql`SELECT to_regclass('house_state') IS NOT NULL AS "exists"`,
    );
    if (!table!.exists) return;
    const state = await queryRow<{ aheadMs: number }>(em, sql`SELECT clock_ahead_ms AS "aheadMs" FROM house_state`);
    this.clock.advanceTo(state!.aheadMs);
  }

  /** While the database cannot be reached, the clock goes on by itself. */
  private scheduleSync(): void {
    const everyMs = this.settings.demo ? DEMO_SYNC_EVERY_MS : SYNC_EVERY_MS;
    this.timer = setTimeout(() => {
      void this.sync()
        .catch(() => undefined)
        .finally(() => this.timer && this.scheduleSync());
    }, everyMs);
  }

  /**
   * Small steps of the database's clock are followed, and those that a suspend explains. Business time does not follow a
   * large one: what is not due would be charged. Nothing is written until it is over: what is written would be dated wrong.
   */
  private check(reading: ClockReading): void {
    const jumpMs = this.clock.getJumpMs(reading);
    const suspendedMs = readSuspendedMs();
    const isSuspend = wasSuspend(jumpMs, suspendedMs - this.suspendedMs);
    const isFollowed = Math.abs(jumpMs) - reading.errorMs <= CLOCK_FAULT_MS || isSuspend;
    if (isFollowed) {
      this.clock.follow(reading);
      this.suspendedMs = suspendedMs;
    }
    const getCertainMs = (ms: number) => Math.max(0, Math.abs(ms) - reading.errorMs);
    const wall = { ms: getCertainMs(reading.wallAheadMs), clause: toWallClause(reading.wallAheadMs) };
    const jump = { ms: isSuspend ? 0 : getCertainMs(jumpMs), clause: toJumpClause(jumpMs, isFollowed) };
    this.clock.setUnfollowedStep(isFollowed ? null : jump.clause);
    this.report(!isFollowed || jump.ms > wall.ms ? jump : wall);
  }

  /** Logs when the level changes, not at every reading. */
  private report({ ms, clause }: Difference): void {
    const level = ms > CLOCK_FAULT_MS ? 'fault' : ms > WARNING_MS ? 'differs' : 'agrees';
    this.clock.setFault(level === 'fault' ? clause : null);
    if (level === this.level) return;
    this.level = level;
    if (level === 'fault')
      this.logger.error(
        `${this.clock.unfollowedStep ? 'Nothing is written' : 'Background jobs are stopped'}: ${clause}`,
      );
    else if (level === 'differs') this.logger.warn(`The clocks differ: ${clause}`);
    else this.logger.warn('The clocks agree again');
  }
}

async function readDatabaseClock(dataSource: DataSource, count: number): Promise<ClockReading> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.connect();
    const readings: ClockReading[] = [];
    while (readings.length < count) readings.push(await readOnce(runner.manager));
    return readings.reduce((best, one) => (one.errorMs < best.errorMs ? one : best));
  } finally {
    await runner.release();
  }
}

async function readOnce(em: EntityManager): Promise<ClockReading> {
  const sentAtMs = performance.now();
  const row = await queryRow<{ databaseMs: number }>(
    em,
    sql`SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS "databaseMs"`,
  );
  const receivedAtMs = performance.now();
  const wallOffsetMs = Date.now() - receivedAtMs;
  const errorMs = (receivedAtMs - sentAtMs) / 2;
  const readAtMs = sentAtMs + errorMs;
  const offsetMs = row!.databaseMs - readAtMs;
  return { offsetMs, errorMs, readAtMs, wallAheadMs: wallOffsetMs - offsetMs };
}

/** Linux counts suspend in the time since boot, and not in `performance.now()`. */
function readSuspendedMs(): number {
  return uptime() * 1_000 - performance.now();
}

function wasSuspend(jumpMs: number, suspendedMs: number): boolean {
  return Math.abs(suspendedMs) > WARNING_MS && Math.abs(jumpMs - suspendedMs) <= WARNING_MS;
}

function toWallClause(aheadMs: number): string {
  return `this machine’s clock is ${formatDuration(aheadMs)} ${aheadMs < 0 ? 'behind' : 'ahead of'} the database’s`;
}

function toJumpClause(jumpMs: number, isFollowed: boolean): string {
  const jumped = `the database’s clock jumped ${formatDuration(jumpMs)} ${jumpMs < 0 ? 'back' : 'ahead'}`;
  return isFollowed ? jumped : `${jumped}; set it right, or restart this process to follow it`;
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** In the largest unit of which there are at least two. */
function formatDuration(milliseconds: number): string {
  const seconds = Math.abs(milliseconds) / 1_000;
  const [unit, length] = units.find(([, unitSeconds]) => seconds >= 2 * unitSeconds) ?? ['second', 1];
  const count = Math.round(seconds / length);
  return formatCount(count, unit);
}
