import { Module } from '@nestjs/common';
import { ForecastModule } from '../forecast/forecast.module.js';
import { AlertSender } from './alert-sender.js';
import { AlertWatch } from './alert-watch.js';

@Module({ imports: [ForecastModule], providers: [AlertSender, AlertWatch] })
export class AlertsModule {}
