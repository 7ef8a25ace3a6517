import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { LedgerVerificationJob } from './ledger-verification.job.js';
import { LedgerVerifier } from './ledger-verifier.js';
import { MonthChecklist } from './month-checklist.js';
import { MonthCloseService } from './month-close.service.js';
import { MonthPageService } from './month-page.service.js';

@Module({
  imports: [AuditModule, WalletsModule],
  providers: [LedgerVerificationJob, LedgerVerifier, MonthChecklist, MonthCloseService, MonthPageService],
  exports: [LedgerVerificationJob, LedgerVerifier, MonthChecklist, MonthCloseService, MonthPageService],
})
export class AccountingModule {}
