import React from 'react';
import { Link } from 'react-router-dom';
import { formatLanguage } from '../../../core/display-names.js';
import { sentence } from '../../../core/sentence.js';
import {
  blockerNames,
  formatCode,
  formatDollars,
  formatHandle,
  formatNumber,
  getTone,
  shortenId,
} from '../../lib/format.js';
import { toRecordPath, toRequestPath } from '../../lib/paths.js';
import { formatDay, formatUtc } from '../../lib/times.js';
import { DataTable, type Column } from '../../ui/data-table.js';
import { Chip, CopyButton } from '../../ui/elements.js';
import { EmptyState } from '../../ui/states.js';
import { Day, Moment } from '../../ui/times.js';
import type { OpenRequest, PartnerKey, PartnerOverview } from './types.js';

/** A partner's keys, and the actions that stop one. */
export const KeysTable: React.FC<{ keys: PartnerKey[]; mayManage: boolean; now: number }> = (props) => {
  const { keys, mayManage, now } = props;
  const actionColumn: Column<PartnerKey> = {
    id: 'actions',
    header: <span className="lc-visually-hidden">Actions</span>,
    cellClassName: 'lc-row-actions',
    cell: (key) =>
      getKeyActions(key).map((actionName) => (
        <Link
          key={actionName}
          to={toRecordPath('api-keys', key.id, actionName)}
          aria-label={sentence`${formatCode(actionName)} ${key.name}`}
        >
          {formatCode(actionName)}
        </Link>
      )),
  };
  return (
    <DataTable
      label="API keys"
      rows={keys}
      getRowKey={({ id }) => id}
      empty={<EmptyState title="No key yet.">Without one it cannot ask for anything.</EmptyState>}
      columns={[
        {
          id: 'name',
          header: 'Name and prefix',
          cell: ({ id, name, prefix }) => (
            <>
              <Link to={toRecordPath('api-keys', id)}>
                <b>
                  <bdi>{name}</bdi>
                </b>
              </Link>
              <div className="lc-identity lc-faint">
                <code>{prefix}</code> <CopyButton text={prefix} />
              </div>
            </>
          ),
        },
        {
          id: 'scopes',
          header: 'Scopes and rate limit',
          cell: ({ scopes, tier }) => (
            <>
              <span className="lc-chips">
                {scopes.map((scope) => (
                  <Chip key={scope}>{scope}</Chip>
                ))}
              </span>
              <div className="lc-faint">{formatCode(tier)}</div>
            </>
          ),
        },
        {
          id: 'used',
          header: 'Last used',
          cellClassName: 'lc-nowrap',
          cell: ({ lastUsedAt, lastUsedAddress }) =>
            lastUsedAt ? (
              <>
                <Moment iso={lastUsedAt} now={now} age />
                {lastUsedAddress && <div className="lc-faint">{lastUsedAddress}</div>}
              </>
            ) : (
              <span className="lc-faint">never</span>
            ),
        },
        {
          id: 'status',
          header: 'Status',
          cellClassName: 'lc-nowrap',
          cell: ({ status, killedBy }) => (
            <Chip tone={getTone(status)} title={killedBy ? `by ${killedBy}` : undefined}>
              {formatCode(status)}
            </Chip>
          ),
        },
        ...(mayManage ? [actionColumn] : []),
      ]}
    />
  );
};

function getKeyActions({ status }: PartnerKey): string[] {
  if (status === 'revoked') return [];
  return status === 'killed' ? ['resume', 'revoke'] : ['rotate', 'kill', 'revoke'];
}

export const ProjectsTable: React.FC<{ projects: PartnerOverview['projects'] }> = ({ projects }) => (
  <DataTable
    label="Projects"
    className="lc-lines"
    scrolls={false}
    rows={projects}
    getRowKey={({ id }) => id}
    empty={<EmptyState title="No project yet.">Requests need one.</EmptyState>}
    columns={[
      {
        id: 'name',
        header: 'Name',
        cell: ({ id, name }) => (
          <Link to={toRecordPath('projects', id)} title={id}>
            {name}
          </Link>
        ),
      },
      { id: 'open', header: 'Open', isNumber: true, cell: ({ openRequests }) => formatNumber(openRequests) },
      { id: 'live', header: 'Live', isNumber: true, cell: ({ liveLeases }) => formatNumber(liveLeases) },
    ]}
  />
);

export const RequestsTable: React.FC<{ requests: OpenRequest[]; now: number }> = ({ requests, now }) => (
  <DataTable
    label="Open requests, oldest first"
    rows={requests}
    getRowKey={({ id }) => id}
    empty={<EmptyState title="Nothing is open." />}
    columns={[
      {
        id: 'age',
        header: 'Submitted',
        cellClassName: 'lc-nowrap',
        cell: ({ submittedAt }) => <Moment iso={submittedAt} now={now} age />,
      },
      {
        id: 'request',
        header: 'Request',
        cell: ({ id, requestId }) => (
          <Link to={toRequestPath(id)} title={requestId}>
            {shortenId(requestId)}
          </Link>
        ),
      },
      {
        id: 'wish',
        header: 'Asked for',
        cell: ({ vertical, language }) => (
          <span className="lc-chips">
            <Chip>
              <bdi>{vertical}</bdi>
            </Chip>
            <Chip title={language ?? undefined}>{language ? formatLanguage(language) : 'any language'}</Chip>
          </span>
        ),
      },
      {
        id: 'assigned',
        header: 'Assigned',
        cellClassName: 'lc-nowrap',
        cell: ({ assignedCount, count }) => `${assignedCount} / ${count}`,
      },
      {
        id: 'blocker',
        header: 'Blocker',
        cellClassName: 'lc-nowrap',
        cell: ({ blocker }) =>
          blocker ? <Chip tone={getTone(blocker)}>{blockerNames[blocker]}</Chip> : <span className="lc-faint">—</span>,
      },
    ]}
  />
);

export const LeasesTable: React.FC<{ leases: PartnerOverview['leases']; now: number }> = ({ leases, now }) => (
  <DataTable
    label="Live leases, newest first"
    rows={leases}
    getRowKey={({ id }) => id}
    empty={<EmptyState title="No live leases." />}
    columns={[
      {
        id: 'account',
        header: 'Account',
        cellClassName: 'lc-named',
        cell: ({ id, handle }) => (
          <Link to={toRecordPath('leases', id)}>
            <b>{formatHandle(handle)}</b>
          </Link>
        ),
      },
      {
        id: 'status',
        header: 'Status',
        cell: ({ status }) => <Chip tone={getTone(status)}>{formatCode(status)}</Chip>,
      },
      {
        id: 'since',
        header: 'Since',
        cellClassName: 'lc-nowrap',
        cell: ({ assignedAt }) => <Day iso={assignedAt} now={now} />,
      },
      {
        id: 'renews',
        header: 'Renews',
        cellClassName: 'lc-nowrap',
        cell: ({ nextRenewalAt, disconnectsAt }) => (
          <>
            {nextRenewalAt && <Day iso={nextRenewalAt} now={now} />}
            {disconnectsAt && (
              <span className="lc-faint" title={formatUtc(disconnectsAt)}>
                , unpaid; disconnects {formatDay(disconnectsAt, now)}
              </span>
            )}
          </>
        ),
      },
      { id: 'price', header: 'Price', isNumber: true, cell: ({ priceCents }) => formatDollars(priceCents) },
    ]}
  />
);
