import { Module } from '@nestjs/common';
import { MetricsServer } from './metrics-server.js';
import { MetricsService } from './metrics.service.js';

/** Only where METRICS_PORT is set. */
@Module({ providers: [MetricsServer, MetricsService], exports: [MetricsServer, MetricsService] })
export class MetricsModule {}
