import { Column, Entity, PrimaryColumn } from 'typeorm';

/** As the view has it: a page of verticals is counted while staff wait. */
export const AVAILABLE_COUNTED = 1_000;

/** A vertical as the panel lists it: one that the pool has, or that an open request asks for. */
@Entity({ name: 'panel_vertical' })
export class VerticalEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text')
  vertical: string;
  /** Whether an account that is not retired has it. */
  @Column('boolean', { name: 'in_pool' })
  inPool: boolean;
  /** Counted up to {@link AVAILABLE_COUNTED}; one more is beyond that. */
  @Column('bigint')
  available: number;
  /** Accounts that open requests still want of it, in this word. */
  @Column('bigint')
  wanted: number;
  @Column('text', { array: true })
  synonyms: string[];
  @Column('text', { name: 'stands_for', nullable: true })
  standsFor: string | null;
}
