import { Module } from '@nestjs/common';
import { WalletsModule } from '../wallets/wallets.module.js';
import { DashboardService } from './dashboard.service.js';
import { KeptDays } from './kept-days.service.js';

@Module({ imports: [WalletsModule], providers: [DashboardService, KeptDays], exports: [DashboardService] })
export class DashboardModule {}
