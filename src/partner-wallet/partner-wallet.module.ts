import { Module } from '@nestjs/common';
import { TrafficModule } from '../traffic/traffic.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { PartnerWalletController } from './partner-wallet.controller.js';
import { PartnerWalletService } from './partner-wallet.service.js';

@Module({
  imports: [TrafficModule, WalletsModule],
  controllers: [PartnerWalletController],
  providers: [PartnerWalletService],
})
export class PartnerWalletModule {}
