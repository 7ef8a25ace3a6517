import React, { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router-dom';
import {
  actionHasDisabledComponent,
  BaseActionComponent,
  useResource,
  type ActionJSON,
  type ResourceJSON,
} from 'adminjs';
import ActionHeader from '../../features/records/action-header.js';
import { RequestPage } from '../../features/request/request-page.js';
import { toRecordKey, type RecordAnswer } from '../../lib/queries.js';
import { NotFoundPage } from '../../ui/not-found.js';
import { QueryState } from '../../ui/states.js';

/** One record: a request by its own page, every other one by the action that the address names. */
const RecordRoute: React.FC = () => {
  const { resourceId = '', recordId = '', actionName = '' } = useParams();
  const resource = useResource(resourceId);
  if (resourceId === 'lease-requests' && (actionName === 'fulfil' || actionName === 'show')) {
    return <RequestPage key={recordId} id={recordId} />;
  }
  const action = resource?.actions.find(({ name }) => name === actionName);
  if (!resource || (action && actionHasDisabledComponent(action))) return <NotFoundPage />;
  const key = `${resourceId} ${recordId} ${actionName}`;
  return <RecordPage key={key} resource={resource} id={recordId} actionName={actionName} />;
};

interface RecordPageProps {
  resource: ResourceJSON;
  id: string;
  actionName: string;
}

const RecordPage: React.FC<RecordPageProps> = ({ resource, id, actionName }) => {
  const query = useQuery<RecordAnswer>({ queryKey: toRecordKey(resource.id, id, actionName) });
  const { data, error } = query;
  const record = data?.record;
  const offered = record?.recordActions.find(({ name }) => name === actionName);
  // Once open it stays open: doing an action may end its offer, and its answer may be one that is shown once.
  const [opened, setOpened] = useState<ActionJSON>();
  if (offered && offered !== opened) setOpened(offered);
  const action = offered ?? opened;
  if (error?.isGone) return <NotFoundPage message={error.message} />;
  if (data && !record) return <NotFoundPage message="This record was not found." />;
  if (record && !action) {
    return <NotFoundPage message="This is not possible here, or your role does not allow it." />;
  }
  return (
    <main className="lc-page">
      <QueryState query={query} what="the record">
        {() =>
          record &&
          action && (
            <>
              <ActionHeader resource={resource} record={record} action={action} />
              <BaseActionComponent resource={resource} record={record} action={action} />
            </>
          )
        }
      </QueryState>
    </main>
  );
};

export default RecordRoute;
