import React, { useState } from 'react';
import { useLocation, useParams } from 'react-router-dom';
import { BaseActionComponent, useQueryParams, useResource } from 'adminjs';
import { PoolTools } from '../../features/pool/pool-tools.js';
import ActionHeader from '../../features/records/action-header.js';
import { AppliedFilters } from '../../features/records/applied-filters.js';
import { FilterForm } from '../../features/records/filter-form.js';
import { toExportPath } from '../../lib/paths.js';
import { NotFoundPage } from '../../ui/not-found.js';

/** The list of any resource: its head, its filters, its table. */
const ListRoute: React.FC = () => {
  const { resourceId = '' } = useParams();
  const resource = useResource(resourceId);
  const action = resource?.resourceActions.find(({ name }) => name === 'list');
  const { filters } = useQueryParams();
  const filterCount = Object.keys(filters ?? {}).length;
  const [filteredResourceId, setFilteredResourceId] = useState<string | null>(null);
  const [tag, setTag] = useState('');
  const { search } = useLocation();

  if (!resource || !action) return <NotFoundPage />;
  const isFilterOpen = filteredResourceId === resource.id;
  return (
    <main className="lc-page">
      <ActionHeader
        resource={resource}
        action={action}
        tag={tag}
        aside={
          <>
            <a className="lc-btn" href={toExportPath(`${resource.id}${search}`)} download>
              Export CSV
            </a>
            <button
              type="button"
              className="lc-btn"
              aria-expanded={isFilterOpen}
              onClick={() => setFilteredResourceId(isFilterOpen ? null : resource.id)}
            >
              {filterCount > 0 ? `Filter (${filterCount})` : 'Filter'}
            </button>
          </>
        }
      />
      {isFilterOpen && <FilterForm key={resource.id} resource={resource} />}
      {filterCount > 0 && <AppliedFilters resource={resource} />}
      {resource.id === 'social-accounts' && <PoolTools key={search} />}
      <BaseActionComponent key={resource.id} action={action} resource={resource} setTag={setTag} />
    </main>
  );
};

export default ListRoute;
