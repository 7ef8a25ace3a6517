import { Column, Entity, PrimaryColumn } from 'typeorm';
import { partnerErrorCodes } from '../partner-api/openapi/error-responses.js';

/** A call of a partner as the panel lists it. */
@Entity({ name: 'api_call' })
export class ApiCallEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('timestamptz', { name: 'called_at' })
  calledAt: Date;
  @Column('text', { name: 'organization_id' })
  organizationId: string;
  @Column('text', { name: 'api_key_id' })
  apiKeyId: string;
  @Column('text')
  method: string;
  @Column('text')
  route: string;
  @Column('smallint')
  status: number;
  @Column({ type: 'text', nullable: true, enum: partnerErrorCodes })
  code: string | null;
  @Column('integer', { name: 'duration_ms' })
  durationMs: number;
  @Column('text')
  address: string;
}
