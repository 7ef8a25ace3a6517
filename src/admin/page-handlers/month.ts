import type { PanelServices } from '../panel-services.js';
import { pageHandler } from './page-handler.js';

/**
 * `GET /admin/api/pages/month?month=2027-01`: a month of the ledger (`MonthView`), by default the present one, the last result of the
 * daily verification (`BooksProved`) and the proposals that wait for approval (`WaitingMovement`).
 */
export function monthPage({ monthPage }: PanelServices) {
  return pageHandler(['month'], ({ caller }, { month }) => monthPage.page(caller, month));
}
