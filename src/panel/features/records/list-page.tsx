import React, { useState } from 'react';
import { useLocation, useParams } from 'react-router-dom';
import { BaseActionComponent, useQueryParams, useResource } from 'adminjs';
import { NotHere } from '../../shell/not-found.js';
import { PoolTools } from '../pool/pool-tools.js';
import ActionHeader from './action-header.js';
import { FilterBar } from './filter-bar.js';

/** The page of any resource: its head, what it is narrowed by, its list. */
const ListPage: React.FC = () => {
  const { resourceId = '' } = useParams();
  const resource = useResource(resourceId);
  const action = resource?.resourceActions.find((one) => one.name === 'list');
  const { filters } = useQueryParams();
  const filterCount = Object.keys(filters ?? {}).length;
  const [opened, setOpened] = useState<string | null>(null);
  const [tag, setTag] = useState('');
  const { search } = useLocation();

  if (!resource || !action) return <NotHere />;
  const filtering = opened === resource.id;
  return (
    <main className="lc-page">
      <ActionHeader
        resource={resource}
        action={action}
        tag={tag}
        aside={
          <>
            <a className="lc-btn" href={`/admin/api/exports/${resource.id}${search}`} download>
              Export CSV
            </a>
            <button
              type="button"
              className="lc-btn"
              aria-expanded={filtering}
              onClick={() => setOpened(filtering ? null : resource.id)}
            >
              {filterCount > 0 ? `Filter (${filterCount})` : 'Filter'}
            </button>
          </>
        }
      />
      {filtering && <FilterBar key={resource.id} resource={resource} />}
      {resource.id === 'social-accounts' && <PoolTools key={search} />}
      <BaseActionComponent key={resource.id} action={action} resource={resource} setTag={setTag} />
    </main>
  );
};

export default ListPage;
