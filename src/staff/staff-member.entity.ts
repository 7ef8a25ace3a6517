import { Column, Entity, PrimaryColumn } from 'typeorm';
import { roles } from '../authorization/roles.js';

/** A staff member as the panel lists one; the view has no password hash. */
@Entity({ name: 'panel_staff' })
export class StaffMemberEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text')
  email: string;
  @Column('text')
  name: string;
  @Column({ type: 'text', enum: [...roles] })
  role: string;
  @Column('boolean')
  disabled: boolean;
  @Column('boolean', { name: 'second_factor' })
  secondFactor: boolean;
  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;
  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
  @Column('timestamptz', { name: 'last_signed_in_at', nullable: true })
  lastSignedInAt: Date | null;
  /** `invited` and `invitation_over` have no password yet. */
  @Column({ type: 'text', enum: ['active', 'invited', 'invitation_over', 'disabled'] })
  state: string;
  /** When the person's one-time link expires; `null` without one. */
  @Column('timestamptz', { name: 'link_until', nullable: true })
  linkUntil: Date | null;
  @Column('integer', { name: 'open_sessions' })
  openSessions: number;
  @Column('integer', { name: 'claims_held' })
  claimsHeld: number;
}
