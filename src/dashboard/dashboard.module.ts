import { Module } from '@nestjs/common';
import { DashboardService } from './dashboard.service.js';
import { KeptDays } from './kept-days.service.js';

@Module({ providers: [DashboardService, KeptDays], exports: [DashboardService] })
export class DashboardModule {}
