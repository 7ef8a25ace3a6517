import React, { type ComponentType } from 'react';
import { useParams } from 'react-router-dom';
import { actionHasDisabledComponent, useResource } from 'adminjs';
import { NotFoundPage } from '../../ui/not-found.js';

/** The page of an action that belongs to no record, for example `new`. */
const ActionRoute: React.FC<{ OriginalComponent: ComponentType }> = ({ OriginalComponent }) => {
  const { resourceId = '', actionName } = useParams();
  const action = useResource(resourceId)?.resourceActions.find(({ name }) => name === actionName);
  return action && !actionHasDisabledComponent(action) ? <OriginalComponent /> : <NotFoundPage />;
};

export default ActionRoute;
