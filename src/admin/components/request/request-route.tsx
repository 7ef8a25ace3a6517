import React, { type ComponentType } from 'react';
import { useParams } from 'react-router-dom';
import { RequestPage } from './request-page.js';

/**
 * Takes the place of AdminJS's route for records: a lease request is shown by its own page, which reads everything in one
 * call; all other records go AdminJS's way.
 */
const RecordRoute: React.FC<{ OriginalComponent: ComponentType }> = ({ OriginalComponent }) => {
  const { resourceId, recordId, actionName } = useParams();
  if (resourceId === 'lease-requests' && recordId && (actionName === 'fulfil' || actionName === 'show')) {
    return <RequestPage key={recordId} id={recordId} />;
  }
  return <OriginalComponent />;
};

export default RecordRoute;
