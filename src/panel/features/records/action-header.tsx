import React from 'react';
import { useSelector } from 'react-redux';
import { Link } from 'react-router-dom';
import {
  actionHasDisabledComponent,
  actionHref,
  useTranslation,
  type ActionHeaderProps,
  type ActionJSON,
  type ActionResponse,
  type ReduxState,
} from 'adminjs';
import { inWords } from '../../lib/format.js';
import { InstantDeed } from './confirm-button.js';

const dangerous = new Set([
  'delete',
  'kill',
  'revoke',
  'suspend',
  'disconnect',
  'disable',
  'release',
  'payout',
  'reverseTopUp',
]);
/** These have no button of their own: they are the page itself, or belong to one part of it. */
const unseen = new Set(['show', 'list', 'search', 'fulfil', 'checkTurnaround', 'approve', 'decline']);

/** The head of every plain page: where one is, what it is, what can be done. */
const ActionHeader: React.FC<ActionHeaderProps & { aside?: React.ReactNode }> = (props) => {
  const { resource, record, action, tag, aside } = props;
  const { translateLabel, translateAction } = useTranslation();
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const isList = action.name === 'list';
  if (action.hideActionHeader) return null;

  const resourceName = translateLabel(resource.name, resource.id);
  const recordPath = record && `${rootPath}/resources/${resource.id}/records/${encodeURIComponent(record.id)}/show`;
  const title = resource.id === 'audit-events' && record ? inWords(record.title) : record?.title;
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
                <Link to={recordPath}>{title}</Link>
              </>
            )}
          </nav>
        )}
        <h1>
          {isList ? resourceName : action.name === 'show' ? title : actionName}
          {isList && tag && <span className="lc-count">{tag}</span>}
        </h1>
      </div>
      <div className="lc-row lc-head-actions">
        {aside}
        {(isList || action.name === 'show') &&
          actions.map((one) => (
            <ActionLink key={one.name} action={one} header={props} label={translateAction(one.label, resource.id)} />
          ))}
      </div>
    </header>
  );
};

const ActionLink: React.FC<{
  action: ActionJSON;
  header: ActionHeaderProps;
  label: string;
}> = ({ action, header: { resource, record, actionPerformed }, label }) => {
  const look = `lc-btn ${dangerous.has(action.name) ? 'danger' : ''} ${isLeading(action) ? 'primary' : ''}`;
  if (record && actionHasDisabledComponent(action)) {
    return (
      <InstantDeed
        action={action}
        record={record}
        label={label}
        className={look}
        onDone={(answer) => actionPerformed?.(answer as ActionResponse)}
      />
    );
  }
  const href = actionHref(action, { resourceId: resource.id, recordId: record?.id });
  return href ? (
    <Link className={look} to={href} data-testid={`action-${action.name}`}>
      {label}
    </Link>
  ) : null;
};

/** What one comes to a list for most: to invite a colleague rather than to hand out a password. */
function isLeading({ name, resourceId }: ActionJSON): boolean {
  return name === (resourceId === 'staff' ? 'invite' : 'new');
}

export default ActionHeader;
