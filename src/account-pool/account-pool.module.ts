import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AccountPoolService } from './account-pool.service.js';
import { AccountsImport } from './accounts-import.js';
import { ImportRuns } from './import-runs.js';
import { TurnaroundService } from './turnaround.service.js';
import { VerticalsService } from './verticals.service.js';

@Module({
  imports: [AuditModule],
  providers: [AccountPoolService, AccountsImport, ImportRuns, TurnaroundService, VerticalsService],
  exports: [AccountPoolService, AccountsImport, ImportRuns, TurnaroundService, VerticalsService],
})
export class AccountPoolModule {}
