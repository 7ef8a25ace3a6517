import React from 'react';
import { Link } from 'react-router-dom';
import {
  actionHasDisabledComponent,
  actionHref,
  useTranslation,
  type ActionHeaderProps,
  type ActionJSON,
} from 'adminjs';
import { formatCode } from '../../lib/format.js';
import { toListPath, toRecordPath } from '../../lib/paths.js';
import { ConfirmButton } from './confirm-button.js';

const dangerousActions = new Set([
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
/** Actions without a button: they are the page itself, or belong to one part of it. */
const hiddenActions = new Set(['show', 'list', 'search', 'fulfil', 'checkTurnaround', 'approve', 'decline']);

/** Breadcrumbs, the heading and the buttons of lists and records. */
const ActionHeader: React.FC<ActionHeaderProps & { aside?: React.ReactNode }> = (props) => {
  const { resource, record, action, tag, aside } = props;
  const { translateLabel, translateAction } = useTranslation();
  const isList = action.name === 'list';
  if (action.hideActionHeader) return null;

  const resourceName = translateLabel(resource.name, resource.id);
  const title = resource.id === 'audit-events' && record ? formatCode(record.title) : record?.title;
  const actionName = translateAction(action.label, resource.id);
  const actions = (record ? record.recordActions : isList ? resource.resourceActions : []).filter(
    ({ name }) => name !== action.name && !hiddenActions.has(name),
  );
  return (
    <header className="lc-head">
      <div className="lc-grow">
        {!isList && (
          <nav className="lc-crumbs" aria-label="Breadcrumb">
            <Link to={toListPath(resource.id)}>{resourceName}</Link>
            {record && action.name !== 'show' && (
              <>
                <span aria-hidden="true"> › </span>
                <Link to={toRecordPath(resource.id, record.id)}>{title}</Link>
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
}> = ({ action, header: { resource, record }, label }) => {
  const danger = dangerousActions.has(action.name) ? 'danger' : '';
  const className = `lc-btn ${danger} ${isPrimary(action) ? 'primary' : ''}`;
  if (record && actionHasDisabledComponent(action)) {
    return <ConfirmButton action={action} record={record} label={label} className={className} />;
  }
  const href = actionHref(action, { resourceId: resource.id, recordId: record?.id });
  return href ? (
    <Link className={className} to={href} data-testid={`action-${action.name}`}>
      {label}
    </Link>
  ) : null;
};

/** The action that a list is opened for most. */
function isPrimary({ name, resourceId }: ActionJSON): boolean {
  return name === (resourceId === 'staff' ? 'invite' : 'new');
}

export default ActionHeader;
