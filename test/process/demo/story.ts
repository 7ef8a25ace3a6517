/** The titles of the demo's steps, as they are printed. */
export const steps = [
  '1. A key, and what it may do (partner)',
  '2. An endpoint for webhooks (partner)',
  '3. The published page’s request (partner)',
  '4. The same request again, as after a lost answer (partner)',
  '5. The request in the queue (operator)',
  '6. Three accounts are assigned, one at a time (operator)',
  '7. A note that the partner reads (operator)',
  '8. Nothing more is warm: the request is closed short (operator)',
  '9. The poller reads the end of it (partner)',
  '10. The accounts (partner)',
  '11. The webhooks, received and verified (partner)',
  '12. The clock moves on by a month (admin)',
  '13. The accounts are renewed (partner)',
  '14. One account is released (partner)',
  '15. Another month: what was released is not charged (admin)',
  '16. The wallet’s statement (partner)',
  '17. The panel’s ledger says the same (finance)',
];

export function findTitles(output: string): string[] {
  return [...output.matchAll(/^\d+\. .+$/gm)].map(([title]) => title);
}
