import { Injectable } from '@nestjs/common';
import { Transactions } from '../core/transactions.js';
import type { StaffCaller } from '../authorization/actor.js';
import { AuditService } from './audit.service.js';

/** An export of data from the panel. */
export interface Export {
  /** The list's name in the panel, or `statement`. */
  list: string;
  organizationId?: string;
  /** Filters and order, as the panel sent them. */
  query: Record<string, string>;
  /** How many were sent. */
  rows: number;
  /** `false` when the client disconnected before the end. */
  complete: boolean;
}

/** Writes exports to the audit log, each in a transaction of its own. */
@Injectable()
export class ExportLog {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
  ) {}

  async record(caller: StaffCaller, { list, organizationId, query, rows, complete }: Export): Promise<void> {
    await this.transactions.run(
      (em) =>
        this.audit.record(em, caller, {
          type: 'data.exported',
          objectId: organizationId ?? list,
          organizationId,
          internal: { list, rows, complete, asked: query },
        }),
      { allowClockFault: true },
    );
  }
}
