import { Module } from '@nestjs/common';
import { AccountingModule } from '../accounting/accounting.module.js';
import { ForecastModule } from '../forecast/forecast.module.js';
import { DashboardService } from './dashboard.service.js';
import { DailyStats } from './daily-stats.service.js';
import { PartnerOverviewService } from './partner-overview.service.js';

@Module({
  imports: [AccountingModule, ForecastModule],
  providers: [DashboardService, DailyStats, PartnerOverviewService],
  exports: [DashboardService, PartnerOverviewService],
})
export class DashboardModule {}
