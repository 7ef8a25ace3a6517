import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { SignInLimits } from './sign-in-limits.js';
import { SignInService } from './sign-in.service.js';
import { StaffService } from './staff.service.js';

@Module({
  imports: [AuditModule],
  providers: [SignInLimits, SignInService, StaffService],
  exports: [SignInService, StaffService],
})
export class StaffModule {}
