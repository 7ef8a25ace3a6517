import React, { type ComponentType } from 'react';
import { useParams } from 'react-router-dom';
import { actionHasDisabledComponent, useResource } from 'adminjs';
import { NotHere } from '../../shell/not-found.js';

/** What is done to no record in particular, for example a new one; where it is not possible, the way back. */
const ActionRoute: React.FC<{ OriginalComponent: ComponentType }> = ({ OriginalComponent }) => {
  const { resourceId = '', actionName } = useParams();
  const action = useResource(resourceId)?.resourceActions.find(({ name }) => name === actionName);
  return action && !actionHasDisabledComponent(action) ? <OriginalComponent /> : <NotHere />;
};

export default ActionRoute;
