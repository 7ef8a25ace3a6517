import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { TrafficModule } from '../traffic/traffic.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { ApiKeysService } from './api-keys.service.js';
import { OrganizationsService } from './organizations.service.js';
import { OwnProjects } from './own-projects.js';
import { ProjectsService } from './projects.service.js';
import { WhoamiController } from './whoami.controller.js';
import { WhoamiService } from './whoami.service.js';

@Module({
  imports: [AuditModule, TrafficModule, WalletsModule],
  controllers: [WhoamiController],
  providers: [OrganizationsService, ProjectsService, ApiKeysService, OwnProjects, WhoamiService],
  exports: [OrganizationsService, ProjectsService, ApiKeysService, OwnProjects],
})
export class PartnersModule {}
