import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A project as the panel lists it. */
@Entity({ name: 'project' })
export class ProjectEntity {
  @PrimaryColumn('text')
  id: string;
  @Column('text', { name: 'organization_id' })
  organizationId: string;
  @Column('text')
  name: string;
  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
