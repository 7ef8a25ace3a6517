import React from 'react';
import { Link } from 'react-router-dom';
import { toRecordPath } from '../../lib/paths.js';
import { DataTable } from '../../ui/data-table.js';
import { Chip } from '../../ui/elements.js';
import { EmptyState } from '../../ui/states.js';
import { Moment } from '../../ui/times.js';
import type { PartnerCall } from './types.js';

/** A partner's newest calls. */
export const CallsTable: React.FC<{ calls: PartnerCall[]; now: number }> = ({ calls, now }) => (
  <DataTable
    label="Calls, newest first"
    rows={calls}
    getRowKey={({ id }) => id}
    empty={<EmptyState title="No calls in the last days." />}
    columns={[
      {
        id: 'when',
        header: 'When',
        cellClassName: 'lc-nowrap',
        cell: ({ calledAt }) => <Moment iso={calledAt} now={now} age />,
      },
      {
        id: 'call',
        header: 'Call',
        cell: ({ id, method, route }) => (
          <Link to={toRecordPath('calls', id)} title={id}>
            {method} {route}
          </Link>
        ),
      },
      {
        id: 'status',
        header: 'HTTP status',
        cellClassName: 'lc-nowrap',
        cell: ({ status, code }) => (
          <Chip tone={status < 400 ? 'ok' : status < 500 ? 'warn' : 'bad'}>{code ? `${status} ${code}` : status}</Chip>
        ),
      },
    ]}
  />
);
