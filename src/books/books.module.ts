import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { MonthCloseService } from './month-close.service.js';

@Module({
  imports: [AuditModule, WalletsModule],
  providers: [MonthCloseService],
  exports: [MonthCloseService],
})
export class BooksModule {}
