import React from 'react';
import { useSelector } from 'react-redux';
import { Link, useLocation, useNavigate } from 'react-router-dom';
import {
  actionHasDisabledComponent,
  actionHref,
  buildActionClickHandler,
  useActionResponseHandler,
  useFilterDrawer,
  useModal,
  useTranslation,
  type ActionHeaderProps,
  type ActionJSON,
  type ReduxState,
} from 'adminjs';

const dangerous = new Set(['delete', 'kill', 'revoke', 'suspend', 'disconnect']);
/** These have no button of their own: the page itself is one, the other belongs to the request page. */
const unseen = new Set(['show', 'list', 'search', 'fulfil']);

/** The head of every plain page: where one is, what it is, what can be done. */
const ActionHeader: React.FC<ActionHeaderProps> = (props) => {
  const { resource, record, action, tag, toggleFilter, actionPerformed } = props;
  const { translateLabel, translateAction, translateButton } = useTranslation();
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const filter = useFilterDrawer();
  const isList = action.name === 'list';
  if (action.hideActionHeader) return null;

  const resourceName = translateLabel(resource.name, resource.id);
  const recordPath = record && `${rootPath}/resources/${resource.id}/records/${encodeURIComponent(record.id)}/show`;
  const actionName = translateAction(action.label, resource.id);
  const actions = (record ? record.recordActions : isList ? resource.resourceActions : []).filter(
    (one) => one.name !== action.name && !unseen.has(one.name),
  );
  return (
    <header className="lc-head">
      <div className="lc-grow">
        {!isList && (
          <nav className="lc-crumbs" aria-label="Where this is">
            <Link to={`${rootPath}/resources/${resource.id}`}>{resourceName}</Link>
            {record && action.name !== 'show' && recordPath && (
              <>
                <span aria-hidden="true"> › </span>
                <Link to={recordPath}>{record.title}</Link>
              </>
            )}
          </nav>
        )}
        <h1>
          {isList ? resourceName : action.name === 'show' ? record?.title : actionName}
          {isList && tag && <span className="lc-count">{tag}</span>}
        </h1>
      </div>
      <div className="lc-row lc-head-actions">
        {isList && toggleFilter && (
          <button type="button" className="lc-btn" onClick={filter.toggleFilter} aria-pressed={filter.isVisible}>
            {translateButton(filter.filtersCount > 0 ? 'filterActive' : 'filter', resource.id, {
              count: filter.filtersCount,
            })}
          </button>
        )}
        {(isList || action.name === 'show') &&
          actions.map((one) => (
            <ActionLink key={one.name} action={one} header={props} onDone={actionPerformed} label={translateAction(one.label, resource.id)} />
          ))}
      </div>
    </header>
  );
};

const ActionLink: React.FC<{
  action: ActionJSON;
  header: ActionHeaderProps;
  onDone: ActionHeaderProps['actionPerformed'];
  label: string;
}> = ({ action, header, onDone, label }) => {
  const translateFunctions = useTranslation();
  const navigate = useNavigate();
  const location = useLocation();
  const modalFunctions = useModal();
  const actionResponseHandler = useActionResponseHandler(onDone);
  const params = { resourceId: header.resource.id, recordId: header.record?.id };
  const look = `lc-btn ${dangerous.has(action.name) ? 'danger' : ''} ${action.name === 'new' ? 'primary' : ''}`;
  const href = actionHref(action, params);
  if (href && !actionHasDisabledComponent(action)) {
    return (
      <Link className={look} to={href} data-testid={`action-${action.name}`}>
        {label}
      </Link>
    );
  }
  return (
    <button
      type="button"
      className={look}
      data-testid={`action-${action.name}`}
      onClick={buildActionClickHandler({
        action,
        params,
        actionResponseHandler,
        navigate,
        translateFunctions,
        modalFunctions,
        location,
      })}
    >
      {label}
    </button>
  );
};

export default ActionHeader;
