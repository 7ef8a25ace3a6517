import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AccountOverviewService } from './account-overview.service.js';
import { AccountPoolService } from './account-pool.service.js';
import { AccountsImport } from './import/accounts-import.service.js';
import { ImportRuns } from './import/import-runs.service.js';
import { TurnaroundService } from './turnaround.service.js';
import { VerticalsService } from './verticals.service.js';

@Module({
  imports: [AuditModule],
  providers: [
    AccountOverviewService,
    AccountPoolService,
    AccountsImport,
    ImportRuns,
    TurnaroundService,
    VerticalsService,
  ],
  exports: [
    AccountOverviewService,
    AccountPoolService,
    AccountsImport,
    ImportRuns,
    TurnaroundService,
    VerticalsService,
  ],
})
export class AccountPoolModule {}
