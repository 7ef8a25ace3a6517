import { Injectable } from '@nestjs/common';
import type { StaffCaller } from '../authorization/actor.js';
import { ApprovalsService } from '../wallets/approvals.service.js';
import { LedgerVerificationJob } from './ledger-verification.job.js';
import { MonthChecklist } from './month-checklist.js';
import { MonthCloseService } from './month-close.service.js';

/** The panel's page of a month. */
@Injectable()
export class MonthPageService {
  constructor(
    private readonly monthClose: MonthCloseService,
    private readonly verification: LedgerVerificationJob,
    private readonly approvals: ApprovalsService,
    private readonly checklist: MonthChecklist,
  ) {}

  /** @param month of an address, unchecked (`2027-01`); the current one where it is empty @throws ValidationFailed */
  async page(caller: StaffCaller, month: unknown) {
    const view = await this.monthClose.view(month);
    return {
      ...view,
      checklist: view.closedAt ? [] : await this.checklist.read(view.month),
      proved: await this.verification.latest(),
      waiting: await this.approvals.listPending(caller),
    };
  }
}
