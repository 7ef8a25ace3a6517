import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { BooksWatch } from './books-watch.js';
import { LedgerVerifier } from './ledger-verifier.js';
import { Ledger } from './ledger.js';
import { LowBalanceService } from './low-balance.service.js';
import { MoneyFreeze } from './money-freeze.js';
import { RenewalCharges } from './renewal-charges.js';
import { MovementProposals } from './movement-proposals.js';
import { Movements } from './movements.js';
import { StatementService } from './statement.service.js';
import { WalletsService } from './wallets.service.js';

@Module({
  imports: [AuditModule],
  providers: [
    BooksWatch,
    Ledger,
    LedgerVerifier,
    LowBalanceService,
    MoneyFreeze,
    MovementProposals,
    Movements,
    RenewalCharges,
    StatementService,
    WalletsService,
  ],
  exports: [
    BooksWatch,
    LedgerVerifier,
    LowBalanceService,
    MoneyFreeze,
    MovementProposals,
    RenewalCharges,
    StatementService,
    WalletsService,
  ],
})
export class WalletsModule {}
