import React from 'react';
import { Link, useLocation } from 'react-router-dom';
import { sentence } from '../../core/sentence.js';
import { SearchLauncher } from '../features/search/search-dialog.js';
import { formatBoundedCount } from '../lib/format.js';
import { accountPath, logoutPath, panelPath, toListPath, toPagePath } from '../lib/paths.js';
import { useServiceStatus } from '../lib/service-status.js';
import { getInitials, useStaff } from '../lib/staff.js';
import { formatNow } from '../lib/times.js';
import { useHeadingFocus } from '../lib/use-heading-focus.js';
import { useNow } from '../lib/use-now.js';
import { Icon } from '../ui/icons.js';
import { useMenu, type MenuEntry } from '../ui/menu.js';
import { SkipLink } from './skip-link.js';

const MINUTE_MS = 60_000;

/** The menu: 216 px wide with names; on narrower screens a rail of icons with their names on hover and for screen readers. */
const Sidebar: React.FC = () => {
  const groups = useMenu();
  const { pathname } = useLocation();
  useHeadingFocus(pathname);
  const status = useServiceStatus();
  const staff = useStaff();
  const isRequestPage = pathname.startsWith(`${toListPath('lease-requests')}/records/`);
  const isCurrent = ({ id, href }: MenuEntry) => {
    if (id === 'queue' && (isRequestPage || pathname === panelPath)) return true;
    return pathname === href || (pathname.startsWith(`${href}/`) && !isRequestPage);
  };

  return (
    <nav className="lc-nav" aria-label="Console">
      <SkipLink />
      <Link to={panelPath} className="lc-brand" aria-label="Lease console, to the queue">
        <span className="lc-brand-mark" aria-hidden="true">
          L
        </span>
        <span className="lc-name">Lease console</span>
      </Link>
      <SearchLauncher />
      {status?.frozenBecause && (
        <p className="lc-frozen" role="status" title={status.frozenBecause}>
          <b>Money is frozen.</b> Nothing is assigned, renewed or refunded: {status.frozenBecause}
        </p>
      )}
      {status && status.ledgerErrors.length > 0 && (
        <p className="lc-ledger-errors" role="alert">
          <Link to={toPagePath('month')}>
            <b>The books have an error.</b> {status.ledgerErrors[0]}
            {status.ledgerErrors.length > 1 && ` and ${status.ledgerErrors.length - 1} more`}
          </Link>
        </p>
      )}
      {groups.map((entries) => (
        <ul key={entries[0]?.id}>
          {entries.map((entry) => (
            <li key={entry.id}>
              <Link
                to={entry.href}
                className={isCurrent(entry) ? 'on' : ''}
                aria-current={isCurrent(entry) ? 'page' : undefined}
                data-name={entry.label}
              >
                <Icon name={entry.icon} />
                <span className="lc-name">{entry.label}</span>
                {entry.id === 'queue' && status && (
                  <i
                    aria-label={`${formatBoundedCount(status.openRequests)} open ${status.openRequests === 1 ? 'request' : 'requests'}`}
                  >
                    {formatBoundedCount(status.openRequests)}
                  </i>
                )}
              </Link>
            </li>
          ))}
        </ul>
      ))}
      <div className="lc-nav-foot">
        {status && status.clockAheadMs > MINUTE_MS && <DemoTime />}
        <a className="lc-me" href={accountPath} data-name={sentence`Your account: ${staff.name}, ${staff.role}`}>
          <span className="lc-who" aria-hidden="true">
            {getInitials(staff.name)}
          </span>
          <span className="lc-name">
            <b>{staff.name}</b>
            <span>{staff.role}</span>
          </span>
          <span className="lc-visually-hidden">: your account</span>
        </a>
        <form method="post" action={logoutPath}>
          <button type="submit" data-name="Sign out">
            <Icon name="signOut" />
            <span className="lc-name">Sign out</span>
          </button>
        </form>
      </div>
    </nav>
  );
};

/** Shown where the demo's clock was moved. */
const DemoTime: React.FC = () => {
  const time = formatNow(useNow());
  return (
    <Link to={toPagePath('renewals')} className="lc-demo-time" data-name={`Demo time: ${time}`}>
      <Icon name="audit" />
      <span className="lc-name">
        Demo time <b>{time}</b>
      </span>
    </Link>
  );
};

export default Sidebar;
