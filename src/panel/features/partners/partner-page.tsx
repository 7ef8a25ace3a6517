import React, { useEffect } from 'react';
import { useSelector } from 'react-redux';
import { Link } from 'react-router-dom';
import type { ActionProps, ReduxState } from 'adminjs';
import { Alert, Card, Chip, Empty, Loading, useTitle } from '../../ui/elements.js';
import { useNow } from '../../ui/times.js';
import { useOverview } from '../records/overview.js';
import { Outlook } from '../wallets/outlook.js';
import { Events, KeysTable, Leases, PriceChanges, Projects, Requests } from './partner-tables.js';
import type { PartnerOverview } from './types.js';

/** Everything of a partner on one page: money, keys, projects, what is open, what is out, what happened. */
const PartnerPage: React.FC<ActionProps> = ({ record }) => {
  const id = record?.id ?? '';
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const resources = useSelector((state: ReduxState) => state.resources);
  const { data, failure, refresh } = useOverview<PartnerOverview>('organizations', id);
  const now = useNow();
  useTitle(record?.title ?? 'Partner');
  const status: unknown = record?.params.status;
  useEffect(() => void refresh(), [status, refresh]);
  if (!record) return null;
  const path = `${rootPath}/resources`;
  const mayMake = (resourceId: string) =>
    resources.find((one) => one.id === resourceId)?.resourceActions.some(({ name }) => name === 'new') ?? false;
  const all = (resourceId: string) => `${path}/${resourceId}?filters.organizationId=${encodeURIComponent(id)}`;
  if (!data) {
    return failure ? (
      <Alert>{failure}</Alert>
    ) : (
      <section className="lc-card">
        <Loading what="the partner" lines={10} />
      </section>
    );
  }
  return (
    <>
      {failure && <Alert>{failure}</Alert>}
      {status === 'suspended' && (
        <div className="lc-strip bad">Suspended: its API calls are refused, and nothing new is assigned to it.</div>
      )}
      <div className="lc-desk">
        <div className="lc-stack">
          <Card
            title="Wallet"
            aside={<Link to={`${path}/wallets/records/${encodeURIComponent(id)}/show`}>Statement</Link>}
          >
            <Outlook outlook={data.outlook} now={now} />
          </Card>
          <Card
            title="Projects"
            aside={
              mayMake('projects') && <Link to={`${path}/projects/actions/new?organizationId=${id}`}>New project</Link>
            }
            bare
          >
            {data.projects.length === 0 ? (
              <Empty title="No project yet.">Requests need one.</Empty>
            ) : (
              <Projects projects={data.projects} path={path} />
            )}
          </Card>
          {data.priceChanges.length > 0 && (
            <Card title="Prices" aside={<span className="lc-faint">for later assignments</span>} bare>
              <PriceChanges changes={data.priceChanges} path={path} now={now} />
            </Card>
          )}
          <Card title="What happened" aside={<Link to={all('audit-events')}>The whole trail</Link>} bare>
            <Events events={data.events} path={path} now={now} />
          </Card>
        </div>
        <div className="lc-stack">
          <Card
            title="API keys"
            aside={mayMake('api-keys') && <Link to={`${path}/api-keys/actions/new?organizationId=${id}`}>New key</Link>}
            bare
          >
            {data.keys.length === 0 ? (
              <Empty title="No key yet.">Without one it cannot ask for anything.</Empty>
            ) : (
              <KeysTable keys={data.keys} path={path} mayManage={mayMake('api-keys')} now={now} />
            )}
          </Card>
          <Card
            title={
              <>
                Open requests{' '}
                <Chip>{data.openRequestCount > 1_000 ? '1,000+' : data.openRequestCount.toLocaleString('en-US')}</Chip>
              </>
            }
            aside={<Link to={all('lease-requests')}>All its requests</Link>}
            bare
          >
            {data.openRequests.length === 0 ? (
              <Empty title="Nothing is open." />
            ) : (
              <Requests requests={data.openRequests} path={path} now={now} />
            )}
          </Card>
          <Card
            title={
              <>
                Live leases <Chip>{data.outlook.liveLeases.toLocaleString('en-US')}</Chip>
              </>
            }
            aside={<Link to={all('leases')}>All its leases</Link>}
            bare
          >
            {data.leases.length === 0 ? (
              <Empty title="No account is out." />
            ) : (
              <Leases leases={data.leases} path={path} now={now} />
            )}
          </Card>
        </div>
      </div>
    </>
  );
};

export default PartnerPage;
