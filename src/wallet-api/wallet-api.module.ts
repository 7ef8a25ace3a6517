import { Module } from '@nestjs/common';
import { PartnerApiModule } from '../partner-api/partner-api.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { WalletController } from './wallet.controller.js';
import { WalletApiService } from './wallet-api.service.js';

@Module({
  imports: [PartnerApiModule, WalletsModule],
  controllers: [WalletController],
  providers: [WalletApiService],
})
export class WalletApiModule {}
