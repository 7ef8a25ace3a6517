import { Column, Entity, PrimaryColumn } from 'typeorm';
import { blockerKinds, noteVisibilities } from './lease-request-status.js';

/** A note as the panel lists it, with its author's name. */
@Entity({ name: 'panel_request_note' })
export class RequestNoteEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text', { name: 'lease_request_id' })
  leaseRequestId: string;
  @Column({ type: 'text', enum: ['staff', 'partner'] })
  author: string;
  @Column('text', { name: 'author_name' })
  authorName: string;
  @Column('text')
  body: string;
  @Column({ type: 'text', enum: [...noteVisibilities] })
  visibility: string;
  @Column({ type: 'text', nullable: true, enum: [...blockerKinds] })
  blocker: string | null;
  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
  @Column('timestamptz', { name: 'withdrawn_at', nullable: true })
  withdrawnAt: Date | null;
  @Column('timestamptz', { name: 'retired_at', nullable: true })
  retiredAt: Date | null;
}
