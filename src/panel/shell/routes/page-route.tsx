import React, { type ComponentType } from 'react';
import { useSelector } from 'react-redux';
import { useParams } from 'react-router-dom';
import type { ReduxState } from 'adminjs';
import { NotFoundPage } from '../../ui/not-found.js';

/** A page by its name. */
const PageRoute: React.FC<{ OriginalComponent: ComponentType }> = ({ OriginalComponent }) => {
  const { pageName } = useParams();
  const pages = useSelector((state: ReduxState) => state.pages);
  return pages.some(({ name }) => name === pageName) ? <OriginalComponent /> : <NotFoundPage />;
};

export default PageRoute;
