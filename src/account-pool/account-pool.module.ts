import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AccountPoolService } from './account-pool.service.js';
import { AccountsImport } from './accounts-import.js';

@Module({
  imports: [AuditModule],
  providers: [AccountPoolService, AccountsImport],
  exports: [AccountPoolService, AccountsImport],
})
export class AccountPoolModule {}
