import { Gauge, type Registry } from 'prom-client';
import type { OperatingFigures } from './operating-figures.js';

type Figure = keyof OperatingFigures;

const gaugesOfFigures: Record<Figure, { name: string; help: string }> = {
  openRequests: { name: 'lease_console_open_requests', help: 'Requests in the queue.' },
  overdueRequests: {
    name: 'lease_console_overdue_requests',
    help: 'Open requests past their due time, SLA not paused.',
  },
  oldestOpenRequestSeconds: {
    name: 'lease_console_oldest_open_request_age_seconds',
    help: 'Since the oldest open request was submitted.',
  },
  renewalsDue: { name: 'lease_console_renewals_due', help: 'Leases whose renewal or daily attempt is due.' },
  oldestRenewalDueSeconds: {
    name: 'lease_console_oldest_renewal_due_age_seconds',
    help: 'Since the oldest of these was due.',
  },
  leasesPastDue: { name: 'lease_console_leases_past_due', help: 'Leases whose renewal failed for want of money.' },
  webhookLagSeconds: {
    name: 'lease_console_webhook_lag_seconds',
    help: 'Since the oldest undelivered webhook that may be sent was due.',
  },
  eventLagSeconds: {
    name: 'lease_console_event_lag_seconds',
    help: 'Since the oldest event that has no place in its order was written.',
  },
  autoPausedEndpoints: {
    name: 'lease_console_webhook_endpoints_auto_paused',
    help: 'Webhook endpoints that were paused for their failures.',
  },
  ledgerVerificationAgeSeconds: {
    name: 'lease_console_ledger_verification_age_seconds',
    help: 'Since the ledger was last verified.',
  },
  ledgerErrors: { name: 'lease_console_ledger_errors', help: 'Errors that the last verification found.' },
};

/** The figures of the database as gauges; without a database none but `lease_console_database_up`, which says so. */
export class DatabaseMetrics {
  private readonly up: Gauge;
  private readonly gauges: [Figure, Gauge][];

  constructor(registry: Registry) {
    const registers = [registry];
    this.up = new Gauge({
      name: 'lease_console_database_up',
      help: '1 where the figures of the database were read, 0 where it did not answer.',
      registers,
    });
    this.gauges = Object.entries(gaugesOfFigures).map(([figure, { name, help }]) => [
      figure as Figure,
      new Gauge({ name, help, registers }),
    ]);
  }

  set(figures: OperatingFigures | null): void {
    this.up.set(figures ? 1 : 0);
    for (const [figure, gauge] of this.gauges) {
      const value = figures?.[figure] ?? null;
      // A figure of before would look like one of now.
      if (value === null) gauge.remove();
      else gauge.set(value);
    }
  }
}
