import { Module } from '@nestjs/common';
import { PartnerApiModule } from '../partner-api/partner-api.module.js';
import { LowBalanceModule } from './low-balance.module.js';
import { WalletController } from './wallet.controller.js';
import { WalletApiService } from './wallet-api.service.js';

@Module({
  imports: [LowBalanceModule, PartnerApiModule],
  controllers: [WalletController],
  providers: [WalletApiService],
})
export class WalletApiModule {}
