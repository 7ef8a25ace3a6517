import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** A secret that is stored encrypted by `SecretBox`. */
export interface SealedSecret {
  id: string;
  sealed: Buffer;
  /** What it is encrypted for, and for whom. */
  purpose: string;
  /** When it was encrypted at the latest, but for `secrets:rekey`. */
  sealedAt: Date;
}

/** The encrypted secrets of one column that are still of use. */
export interface SealedColumn {
  one: string;
  many: string;
  /** What happened when they were encrypted: `set up`. */
  event: string;
  /** What else helps where their key is lost; continues a sentence. */
  remedy: string;
  /**
   * At most {@link SEALED_BATCH_SIZE}, in the order of their ids.
   * @param after the id of the last one before; empty at the beginning
   */
  readAfter(em: EntityManager, after: string): Promise<SealedSecret[]>;
  /** Nothing where it is no longer `before`: it was changed meanwhile. @returns a row where it was */
  replace(em: EntityManager, id: string, before: Buffer, sealed: Buffer): Promise<unknown[]>;
}

export const SEALED_BATCH_SIZE = 100;

/** Every column of encrypted secrets; whoever encrypts one registers it. */
@Injectable()
export class SealedColumns {
  readonly all: SealedColumn[] = [];

  register(column: SealedColumn): void {
    this.all.push(column);
  }
}
