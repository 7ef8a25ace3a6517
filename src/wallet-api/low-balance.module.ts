import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { LowBalanceEvents } from './low-balance-events.js';
import { WalletReader } from './wallet-reader.js';

/** In every process that moves money, the command line included. */
@Module({
  imports: [EventsModule, WalletsModule],
  providers: [LowBalanceEvents, WalletReader],
  exports: [WalletReader],
})
export class LowBalanceModule {}
