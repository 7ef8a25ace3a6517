import { Column, Entity, PrimaryColumn } from 'typeorm';
import { apiKeyEnvs } from '../partner-api/api-key-format.js';
import { rateLimitTiers } from './api-key-rows.js';

/** A key as the panel lists it; the digest of its secret is not even in the view. */
@Entity({ name: 'panel_api_key' })
export class ApiKeyEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text', { name: 'organization_id' })
  organizationId: string;
  @Column('text')
  name: string;
  @Column('text')
  prefix: string;
  @Column({ type: 'text', enum: ['active', 'killed', 'revoked'] })
  status: string;
  @Column({ type: 'text', enum: [...apiKeyEnvs] })
  env: string;
  @Column('text', { array: true })
  scopes: string[];
  @Column({ type: 'text', enum: [...rateLimitTiers] })
  tier: string;
  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt: Date | null;
  /** Where that call came from. */
  @Column('text', { name: 'last_used_address', nullable: true })
  lastUsedAddress: string | null;
  @Column('timestamptz', { name: 'rotated_at', nullable: true })
  rotatedAt: Date | null;
  /** Of the secret before, while it authenticates too. */
  @Column('text', { name: 'previous_prefix', nullable: true })
  previousPrefix: string | null;
  @Column('timestamptz', { name: 'previous_expires_at', nullable: true })
  previousExpiresAt: Date | null;
  @Column('timestamptz', { name: 'killed_at', nullable: true })
  killedAt: Date | null;
  @Column('text', { name: 'killed_by', nullable: true })
  killedBy: string | null;
  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
