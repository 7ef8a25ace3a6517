import React from 'react';
import { useSelector } from 'react-redux';
import { Link } from 'react-router-dom';
import type { ActionProps, ReduxState } from 'adminjs';
import { formatBoundedCount, formatNumber } from '../../lib/format.js';
import { toListPath, toNewRecordPath, toRecordPath } from '../../lib/paths.js';
import { useOverview } from '../../lib/queries.js';
import { useNow } from '../../lib/use-now.js';
import { useTitle } from '../../lib/use-title.js';
import { Card, Chip } from '../../ui/elements.js';
import { SandboxTime } from '../../ui/sandbox-time.js';
import { QueryState } from '../../ui/states.js';
import { Outlook } from '../wallets/outlook.js';
import { CallsTable } from './calls-table.js';
import { EventList, PriceChangeList } from './partner-history.js';
import { KeysTable, LeasesTable, ProjectsTable, RequestsTable } from './partner-tables.js';
import { WebhooksTable } from './webhooks-table.js';
import { MAX_COUNTED_REQUESTS, type PartnerOverview } from './types.js';

/** A partner on one page: money, keys, projects, open requests, live leases, what happened. */
const PartnerPage: React.FC<ActionProps> = ({ record }) => {
  const id = record?.id ?? '';
  const query = useOverview<PartnerOverview>('organizations', id);
  useTitle(record?.title ?? 'Partner');
  if (!record) return null;
  return (
    <QueryState query={query} what="the partner" lines={10}>
      {(partner) => (
        <>
          {record.params.status === 'suspended' && (
            <div className="lc-strip bad">Suspended: its API calls are refused and it gets no new assignments.</div>
          )}
          <SandboxStrip partner={partner} />
          {partner.sameName.length > 0 && (
            <div className="lc-strip warn">
              <span>
                Another partner has the same name. Rename one of them.
                {partner.sameName.map((other) => (
                  <React.Fragment key={other.id}>
                    {' '}
                    <Link to={toRecordPath('organizations', other.id)}>
                      <bdi>{other.name}</bdi> ({other.id})
                    </Link>
                  </React.Fragment>
                ))}
              </span>
            </div>
          )}
          <Overview id={id} partner={partner} />
        </>
      )}
    </QueryState>
  );
};

const SandboxStrip: React.FC<{ partner: PartnerOverview }> = ({ partner }) => {
  const { sandboxId, sandboxOf, sandboxOfName } = partner.relation;
  const now = useNow() + (partner.sandboxAheadMs ?? 0);
  if (sandboxOf) {
    return (
      <div className="lc-strip plain">
        <span>
          Sandbox of{' '}
          <Link to={toRecordPath('organizations', sandboxOf)}>
            <bdi>{sandboxOfName}</bdi>
          </Link>
          : play money and sandbox accounts. It answers its requests by itself. Its own clock shows{' '}
          <SandboxTime now={now} />; keys, webhooks and calls have the real time.
        </span>
      </div>
    );
  }
  if (!sandboxId) return null;
  return (
    <div className="lc-strip plain">
      <span>
        This partner has a <Link to={toRecordPath('organizations', sandboxId)}>sandbox</Link>.
      </span>
    </div>
  );
};

const Overview: React.FC<{ id: string; partner: PartnerOverview }> = ({ id, partner }) => {
  const resources = useSelector((state: ReduxState) => state.resources);
  const realNow = useNow();
  const now = realNow + (partner.sandboxAheadMs ?? 0);
  const mayCreate = (resourceId: string) =>
    resources.find((one) => one.id === resourceId)?.resourceActions.some(({ name }) => name === 'new') ?? false;
  const toOwnList = (resourceId: string) => toListPath(resourceId, { organizationId: id });
  const toNew = (resourceId: string) => toNewRecordPath(resourceId, { organizationId: id });
  return (
    <div className="lc-two-columns">
      <div className="lc-stack">
        <Card title="Wallet" aside={<Link to={toRecordPath('wallets', id)}>Statement</Link>}>
          <Outlook outlook={partner.outlook} now={now} />
        </Card>
        <Card title="Projects" aside={mayCreate('projects') && <Link to={toNew('projects')}>New project</Link>} bare>
          <ProjectsTable projects={partner.projects} />
        </Card>
        {partner.priceChanges.length > 0 && (
          <Card title="Prices" aside={<span className="lc-faint">for new assignments</span>} bare>
            <PriceChangeList changes={partner.priceChanges} now={now} />
          </Card>
        )}
        <Card title="What happened" aside={<Link to={toOwnList('audit-events')}>Full audit log</Link>} bare>
          <EventList events={partner.events} now={now} />
        </Card>
      </div>
      <div className="lc-stack">
        <Card title="API keys" aside={mayCreate('api-keys') && <Link to={toNew('api-keys')}>New key</Link>} bare>
          <KeysTable keys={partner.keys} mayManage={mayCreate('api-keys')} now={realNow} />
        </Card>
        {partner.webhooks.length > 0 && (
          <Card title="Webhooks" aside={<Link to={toOwnList('webhook-deliveries')}>Deliveries</Link>} bare>
            <WebhooksTable webhooks={partner.webhooks} now={realNow} />
          </Card>
        )}
        <Card title="Calls" aside={<Link to={toOwnList('calls')}>All its calls</Link>} bare>
          <CallsTable calls={partner.calls} now={realNow} />
        </Card>
        <Card
          title={
            <>
              Open requests <Chip>{formatBoundedCount(partner.openRequestCount, MAX_COUNTED_REQUESTS)}</Chip>
            </>
          }
          aside={<Link to={toOwnList('lease-requests')}>All its requests</Link>}
          bare
        >
          <RequestsTable requests={partner.openRequests} now={now} />
        </Card>
        <Card
          title={
            <>
              Live leases <Chip>{formatNumber(partner.outlook.liveLeases)}</Chip>
            </>
          }
          aside={<Link to={toOwnList('leases')}>All its leases</Link>}
          bare
        >
          <LeasesTable leases={partner.leases} now={now} />
        </Card>
      </div>
    </div>
  );
};

export default PartnerPage;
