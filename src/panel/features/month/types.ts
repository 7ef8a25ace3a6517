import type { MonthPageService } from '../../../accounting/month-page.service.js';
import type { Jsonified } from '../../lib/jsonified.js';

/** A month of the ledger. */
export type MonthPageData = Jsonified<Awaited<ReturnType<MonthPageService['page']>>>;
export type Payment = MonthPageData['payouts'][number];
export type TopUp = MonthPageData['topUps'][number];
export type ChecklistItem = MonthPageData['checklist'][number];
