import type { PanelServices } from '../panel-services.js';
import { pageHandler } from './page-handler.js';

/**
 * `GET /admin/api/pages/month?month=2027-01`: a month of the books (`MonthView`), the present one where none is asked for, what the
 * daily proof found last (`BooksProved`) and what waits for a second person (`WaitingMovement`).
 */
export function monthPage({ monthPage }: PanelServices) {
  return pageHandler(['month'], ({ caller }, { month }) => monthPage.page(caller, month));
}
