import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { DailyVerification } from './daily-verification.js';
import { MonthCloseService } from './month-close.service.js';

@Module({
  imports: [AuditModule, WalletsModule],
  providers: [DailyVerification, MonthCloseService],
  exports: [DailyVerification, MonthCloseService],
})
export class BooksModule {}
