import React from 'react';

const paths = {
  queue: 'M2 4h12M2 8h12M2 12h8',
  dashboard: 'M2 13V8M6 13V3M10 13V6M14 13v-3',
  requests: 'M2 9h3l1.5 2.5h3L11 9h3M2 9v4h12V9M2 9l2-6h8l2 6',
  pool: 'M8 8a3 3 0 100-6 3 3 0 000 6zM2 14c1-3 3-4 6-4s5 1 6 4',
  verticals: 'M2 2h5.5L14 8.5 8.5 14 2 7.5zM5 5h.01',
  leases: 'M3 2h10v12H3zM6 6h4M6 9h4',
  wallets: 'M2 4h12v9H2zM10 8.5h4',
  renewals: 'M13.5 6A6 6 0 003 5M2.5 10A6 6 0 0013 11M3 2v3h3M13 14v-3h-3',
  ledger: 'M2 5h11M10 2l3 3-3 3M14 11H3M6 8l-3 3 3 3',
  books: 'M2 3h5l1 1 1-1h5v10H9l-1 1-1-1H2zM8 4v10',
  partners: 'M2 14V6l6-4 6 4v8M6 14v-4h4v4',
  projects: 'M2 4h4l1.5 2H14v7H2z',
  keys: 'M11 2.5a2.7 2.7 0 100 5.4 2.7 2.7 0 000-5.4zM9 7l-6.5 6.5M4.5 11.5l2 2',
  webhooks: 'M5 8a3 3 0 116-1M8 5L5 12M11 7l3 5M4 12h8',
  deliveries: 'M2 8h9M8 5l3 3-3 3M13.5 3v10',
  calls: 'M2 5h9M8 2l3 3-3 3M14 11H5M8 8l-3 3 3 3',
  notes: 'M2 3h12v8H7l-3 3v-3H2z',
  audit: 'M8 4.5V8l2.5 1.5M8 14A6 6 0 108 2a6 6 0 000 12z',
  staff:
    'M5.5 7.5a2.3 2.3 0 100-4.6 2.3 2.3 0 000 4.6zM1.5 13.5c.5-2.5 2-3.5 4-3.5s3.5 1 4 3.5M10.5 3.2a2.3 2.3 0 010 4.2M11.5 10.2c1.7.3 2.7 1.5 3 3.3',
  search: 'M7 12A5 5 0 107 2a5 5 0 000 10zM10.6 10.6L14 14',
  page: 'M3 2h10v12H3z',
  signOut: 'M6 2H2.5v12H6M6.5 8H14M11 5l3 3-3 3',
} as const;

export type IconName = keyof typeof paths;

/** A drawing beside a word; it says nothing on its own. */
export const Icon: React.FC<{ name: IconName }> = ({ name }) => (
  <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
);
