import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { ApiKeysService } from './api-keys.service.js';
import { OrganizationsService } from './organizations.service.js';
import { ProjectsService } from './projects.service.js';

@Module({
  imports: [AuditModule, WalletsModule],
  providers: [OrganizationsService, ProjectsService, ApiKeysService],
  exports: [OrganizationsService, ProjectsService, ApiKeysService],
})
export class PartnersModule {}
