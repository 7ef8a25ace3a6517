import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A vertical as the panel lists it: one that the pool has, or that an open request asks for. */
@Entity({ name: 'panel_vertical' })
export class VerticalEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text')
  vertical: string;
  @Column('bigint')
  available: number;
  /** All that are not retired. */
  @Column('bigint')
  accounts: number;
  /** Accounts that open requests still want of it, in this word. */
  @Column('bigint')
  wanted: number;
  @Column('text', { array: true })
  synonyms: string[];
  @Column('text', { name: 'stands_for', nullable: true })
  standsFor: string | null;
}
