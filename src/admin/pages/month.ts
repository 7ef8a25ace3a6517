import type { PanelServices } from '../panel-services.js';
import { forReaders } from './readers.js';

/**
 * `GET /admin/api/pages/month?month=2027-01`: a month of the books (`MonthView`), the present one where none is asked for, what the
 * daily proof found last (`BooksProved`) and what waits for a second person (`WaitingMovement`).
 */
export function monthPage({ books, monthClose, proposals }: PanelServices) {
  return forReaders(['month'], async ({ caller }, { month }) => ({
    ...(await monthClose.view(month)),
    proved: await books.last(),
    waiting: await proposals.waiting(caller),
  }));
}
