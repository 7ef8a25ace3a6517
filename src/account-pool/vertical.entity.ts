import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The bound of the view's count, which has to be fast. */
export const AVAILABLE_COUNTED = 1_000;

/** A vertical that the pool has or that an open request asks for. */
@Entity({ name: 'panel_vertical' })
export class VerticalEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text')
  vertical: string;
  /** Whether an account has it that is not retired. */
  @Column('boolean', { name: 'in_pool' })
  inPool: boolean;
  /** Counted up to {@link AVAILABLE_COUNTED}; one more means that there are more. */
  @Column('bigint')
  available: number;
  /** Accounts that open requests in this word still lack. */
  @Column('bigint')
  wanted: number;
  @Column('text', { array: true })
  synonyms: string[];
  @Column('text', { name: 'stands_for', nullable: true })
  standsFor: string | null;
}
