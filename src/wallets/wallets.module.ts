import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { BooksWatch } from './books-watch.js';
import { LedgerVerifier } from './ledger-verifier.js';
import { Ledger } from './ledger.js';
import { StatementService } from './statement.service.js';
import { WalletsService } from './wallets.service.js';

@Module({
  imports: [AuditModule],
  providers: [BooksWatch, Ledger, LedgerVerifier, StatementService, WalletsService],
  exports: [BooksWatch, LedgerVerifier, StatementService, WalletsService],
})
export class WalletsModule {}
