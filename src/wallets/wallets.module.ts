import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { CreditedWallet } from './credited-wallet.js';
import { Ledger } from './ledger.js';
import { LowBalanceService } from './low-balance.service.js';
import { MoneyFreeze } from './money-freeze.js';
import { RenewalCharges } from './renewal-charges.js';
import { ApprovalsService } from './approvals.service.js';
import { ManualTransactions } from './manual-transactions.js';
import { StatementService } from './statement.service.js';
import { UsualAmounts } from './usual-amounts.js';
import { WalletsService } from './wallets.service.js';

@Module({
  imports: [AuditModule],
  providers: [
    CreditedWallet,
    Ledger,
    LowBalanceService,
    MoneyFreeze,
    ApprovalsService,
    ManualTransactions,
    RenewalCharges,
    StatementService,
    UsualAmounts,
    WalletsService,
  ],
  exports: [
    CreditedWallet,
    LowBalanceService,
    MoneyFreeze,
    ApprovalsService,
    RenewalCharges,
    StatementService,
    UsualAmounts,
    WalletsService,
  ],
})
export class WalletsModule {}
