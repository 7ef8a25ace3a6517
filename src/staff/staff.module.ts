import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { RequestStateModule } from '../lease-requests/request-state.module.js';
import { OneTimeLinksService } from './one-time-links.service.js';
import { SecondFactorsService } from './second-factors.service.js';
import { SignInLimits } from './sign-in-limits.js';
import { SignInService } from './sign-in.service.js';
import { StoredSecrets } from './stored-secrets.service.js';
import { StaffService } from './staff.service.js';

@Module({
  imports: [AuditModule, RequestStateModule],
  providers: [OneTimeLinksService, SecondFactorsService, SignInLimits, SignInService, StaffService, StoredSecrets],
  exports: [OneTimeLinksService, SecondFactorsService, SignInService, StaffService, StoredSecrets],
})
export class StaffModule {}
