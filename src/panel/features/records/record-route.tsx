import React, { useCallback, useEffect, useState } from 'react';
import { useParams } from 'react-router-dom';
import {
  actionHasDisabledComponent,
  BaseActionComponent,
  useResource,
  type RecordJSON,
  type ResourceJSON,
} from 'adminjs';
import { NotHere } from '../../shell/not-found.js';
import { readRecord } from '../../lib/api.js';
import { Alert, Loading } from '../../ui/elements.js';
import { RequestPage } from '../request/request-page.js';
import ActionHeader from './action-header.js';

/** One record: a request by its own page, every other one by the action that its address names. */
const RecordRoute: React.FC = () => {
  const { resourceId = '', recordId = '', actionName = '' } = useParams();
  const resource = useResource(resourceId);
  if (resourceId === 'lease-requests' && (actionName === 'fulfil' || actionName === 'show')) {
    return <RequestPage key={recordId} id={recordId} />;
  }
  const action = resource?.actions.find(({ name }) => name === actionName);
  if (!resource || (action && actionHasDisabledComponent(action))) return <NotHere />;
  const place = `${resourceId} ${recordId} ${actionName}`;
  return <RecordPage key={place} resource={resource} id={recordId} actionName={actionName} />;
};

interface RecordPageProps {
  resource: ResourceJSON;
  id: string;
  actionName: string;
}

const RecordPage: React.FC<RecordPageProps> = ({ resource, id, actionName }) => {
  const [record, setRecord] = useState<RecordJSON | null>(null);
  const [failure, setFailure] = useState<{ sentence: string; isGone: boolean } | null>(null);
  const read = useCallback(async () => {
    const answer = await readRecord(resource.id, id, actionName);
    if ('record' in answer) setRecord(answer.record);
    setFailure('record' in answer ? null : answer);
  }, [resource.id, id, actionName]);
  useEffect(() => void read(), [read]);

  const action = record?.recordActions.find(({ name }) => name === actionName);
  if (failure?.isGone || (record && !action)) {
    return <NotHere sentence={failure?.sentence ?? 'This is not possible here, or your role does not allow it.'} />;
  }
  return (
    <main className="lc-page">
      {failure && (
        <Alert>
          {failure.sentence}{' '}
          <button type="button" className="lc-link" onClick={() => void read()}>
            Try again
          </button>
        </Alert>
      )}
      {!record && !failure && (
        <section className="lc-card">
          <Loading what="the record" lines={6} />
        </section>
      )}
      {record && action && (
        <>
          <ActionHeader resource={resource} record={record} action={action} actionPerformed={() => void read()} />
          <BaseActionComponent resource={resource} record={record} action={action} />
        </>
      )}
    </main>
  );
};

export default RecordRoute;
