import React from 'react';
import { Link } from 'react-router-dom';
import { formatCode, formatNumber, getTone } from '../../lib/format.js';
import { toRecordPath } from '../../lib/paths.js';
import { DataTable } from '../../ui/data-table.js';
import { Chip } from '../../ui/elements.js';
import { Moment } from '../../ui/times.js';
import type { PartnerWebhook } from './types.js';

/** A partner's webhook endpoints, those that fail first. */
export const WebhooksTable: React.FC<{ webhooks: PartnerWebhook[]; now: number }> = ({ webhooks, now }) => (
  <DataTable
    label="Webhooks"
    rows={webhooks}
    getRowKey={({ id }) => id}
    empty={null}
    columns={[
      {
        id: 'url',
        header: 'URL',
        cell: ({ id, url }) => (
          <Link to={toRecordPath('webhook-endpoints', id)}>
            <bdi>{url}</bdi>
          </Link>
        ),
      },
      {
        id: 'status',
        header: 'Status',
        cellClassName: 'lc-nowrap',
        cell: ({ status }) => <Chip tone={getTone(status)}>{formatCode(status)}</Chip>,
      },
      {
        id: 'failures',
        header: 'Failures in a row',
        isNumber: true,
        cell: ({ consecutiveFailureCount }) => formatNumber(consecutiveFailureCount),
      },
      {
        id: 'success',
        header: 'Last success',
        cellClassName: 'lc-nowrap',
        cell: ({ lastSuccessAt }) =>
          lastSuccessAt ? <Moment iso={lastSuccessAt} now={now} age /> : <span className="lc-faint">never</span>,
      },
    ]}
  />
);
