import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { LedgerVerifier } from './ledger-verifier.js';
import { Ledger } from './ledger.js';
import { WalletsService } from './wallets.service.js';

@Module({
  imports: [AuditModule],
  providers: [Ledger, LedgerVerifier, WalletsService],
  exports: [LedgerVerifier, WalletsService],
})
export class WalletsModule {}
