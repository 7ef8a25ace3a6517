import { Module } from '@nestjs/common';
import { DemoClockModule } from '../demo-clock/demo-clock.module.js';
import { WalletsModule } from '../wallets/wallets.module.js';
import { RenewalsForecastService } from './renewals-forecast.service.js';
import { WalletOutlookService } from './wallet-outlook.service.js';
import { WalletOverviewService } from './wallet-overview.service.js';

@Module({
  imports: [DemoClockModule, WalletsModule],
  providers: [RenewalsForecastService, WalletOutlookService, WalletOverviewService],
  exports: [RenewalsForecastService, WalletOutlookService, WalletOverviewService],
})
export class ForecastModule {}
