import { Injectable } from '@nestjs/common';
import { Transactions } from '../core/transactions.js';
import type { StaffCaller } from '../authorization/actor.js';
import { AuditService } from './audit.service.js';

/** Data that somebody took out of the house. */
export interface Export {
  /** The list's name in the panel, or `statement`. */
  list: string;
  organizationId?: string;
  /** What it was narrowed and sorted by, as it was asked. */
  asked: Record<string, string>;
  /** Rows that were sent. */
  rows: number;
  /** Whether all of it was sent; otherwise the other side went away before. */
  complete: boolean;
}

/** The trail of exports. They change nothing, so each is a transaction of its own. */
@Injectable()
export class ExportLog {
  constructor(
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
  ) {}

  async record(caller: StaffCaller, { list, organizationId, asked, rows, complete }: Export): Promise<void> {
    await this.transactions.run((em) =>
      this.audit.record(em, caller, {
        type: 'data.exported',
        objectId: organizationId ?? list,
        organizationId,
        internal: { list, rows, complete, asked },
      }),
    );
  }
}
