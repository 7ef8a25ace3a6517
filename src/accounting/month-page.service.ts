import { Injectable } from '@nestjs/common';
import type { StaffCaller } from '../authorization/actor.js';
import { ApprovalsService } from '../wallets/approvals.service.js';
import { LedgerVerificationJob } from './ledger-verification.job.js';
import { MonthCloseService } from './month-close.service.js';

/** A month of the books as staff see it. */
@Injectable()
export class MonthPageService {
  constructor(
    private readonly monthClose: MonthCloseService,
    private readonly verification: LedgerVerificationJob,
    private readonly proposals: ApprovalsService,
  ) {}

  /** @param month `2027-01`, as it was sent; the present one where none is asked for */
  async page(caller: StaffCaller, month: unknown) {
    return {
      ...(await this.monthClose.view(month)),
      proved: await this.verification.latest(),
      waiting: await this.proposals.listPending(caller),
    };
  }
}
