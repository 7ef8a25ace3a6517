import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { PartnerApiModule } from '../partner-api/partner-api.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { ApiKeyChanges } from './api-key-changes.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysService } from './api-keys.service.js';
import { OrganizationsService } from './organizations.service.js';
import { OwnKeysService } from './own-keys.service.js';
import { OwnProjectsService } from './own-projects.service.js';
import { ProjectAccess } from './project-access.js';
import { ProjectsController } from './projects.controller.js';
import { ProjectsService } from './projects.service.js';
import { SandboxesService } from './sandboxes.service.js';
import { WhoamiController } from './whoami.controller.js';
import { WhoamiService } from './whoami.service.js';

@Module({
  imports: [AuditModule, PartnerApiModule, WalletsModule],
  controllers: [WhoamiController, ProjectsController, ApiKeysController],
  providers: [
    OrganizationsService,
    ProjectsService,
    ApiKeyChanges,
    ApiKeysService,
    ProjectAccess,
    OwnKeysService,
    OwnProjectsService,
    SandboxesService,
    WhoamiService,
  ],
  exports: [OrganizationsService, ProjectsService, ApiKeysService, ProjectAccess, SandboxesService],
})
export class PartnersModule {}
