import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { SecretBox } from '../common/secret-box.js';
import { ClaimsModule } from '../fulfillment/claims.module.js';
import { OneTimeLinksService } from './one-time-links.service.js';
import { SecondFactorsService } from './second-factors.service.js';
import { SignInLimits } from './sign-in-limits.js';
import { SignInService } from './sign-in.service.js';
import { StaffService } from './staff.service.js';

@Module({
  imports: [AuditModule, ClaimsModule],
  providers: [SecretBox, OneTimeLinksService, SecondFactorsService, SignInLimits, SignInService, StaffService],
  exports: [OneTimeLinksService, SecondFactorsService, SignInService, StaffService],
})
export class StaffModule {}
