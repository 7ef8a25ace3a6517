import { Column, Entity, PrimaryColumn } from 'typeorm';
import { accountStatuses } from './account-status.js';

/** A pool account as the panel lists it. */
@Entity({ name: 'social_account' })
export class SocialAccountEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text')
  handle: string;
  @Column('text')
  platform: string;
  @Column('bigint')
  followers: number;
  @Column('text', { array: true })
  verticals: string[];
  @Column('text')
  language: string;
  @Column('text', { array: true })
  countries: string[];
  @Column({ type: 'text', enum: [...accountStatuses] })
  status: string;
  @Column('text', { name: 'status_reason', nullable: true })
  statusReason: string | null;
  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
  @Column('boolean')
  sandbox: boolean;
}
