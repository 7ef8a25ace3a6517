import React from 'react';
import { useSelector } from 'react-redux';
import { Link, useLocation } from 'react-router-dom';
import type { ReduxState } from 'adminjs';
import { initials, useStaff } from '../lib/staff.js';
import { dayAndTime, useNow } from '../ui/times.js';
import { counted } from '../lib/format.js';
import { SearchEverywhere } from '../features/search/search-dialog.js';
import CodeDialog from '../features/sign-in/code-dialog.js';
import { Icon, type IconName } from './icons.js';
import { useHouseNews } from './status-news.js';
import { menu } from './menu.js';
import { SkipLink } from './skip-link.js';

const A_MINUTE_MS = 60_000;

interface Entry {
  id: string;
  label: string;
  icon: IconName;
  href: string;
}

/** The menu: 216 px wide with names, on narrower screens a rail of icons that tell their names on hover and to screen readers. */
const Sidebar: React.FC = () => {
  const { groups, rootPath, logoutPath } = useMenu();
  const { pathname } = useLocation();
  const news = useHouseNews();
  const staff = useStaff();
  const onRequest = pathname.startsWith(`${rootPath}/resources/lease-requests/records/`);
  const isOn = ({ id, href }: Entry) => {
    if (id === 'queue' && (onRequest || pathname === rootPath)) return true;
    return pathname === href || (pathname.startsWith(`${href}/`) && !onRequest);
  };

  return (
    <nav className="lc-nav" aria-label="Console">
      <SkipLink />
      <Link to={rootPath} className="lc-brand" aria-label="Lease console, to the queue">
        <span className="lc-brand-mark" aria-hidden="true">
          L
        </span>
        <span className="lc-name">Lease console</span>
      </Link>
      <SearchEverywhere />
      {news?.frozenBecause && (
        <p className="lc-frozen" role="status" title={news.frozenBecause}>
          <b>Money is frozen.</b> Nothing is assigned, renewed or refunded: {news.frozenBecause}
        </p>
      )}
      {news && news.booksFaults.length > 0 && (
        <p className="lc-books-fault" role="alert">
          <Link to={`${rootPath}/pages/month`}>
            <b>The books have a fault.</b> {news.booksFaults[0]}
            {news.booksFaults.length > 1 && ` and ${news.booksFaults.length - 1} more`}
          </Link>
        </p>
      )}
      {groups.map((entries) => (
        <ul key={entries[0]?.id}>
          {entries.map((entry) => (
            <li key={entry.id}>
              <Link
                to={entry.href}
                className={isOn(entry) ? 'on' : ''}
                aria-current={isOn(entry) ? 'page' : undefined}
                data-name={entry.label}
              >
                <Icon name={entry.icon} />
                <span className="lc-name">{entry.label}</span>
                {entry.id === 'queue' && news && (
                  <i aria-label={`${counted(news.open)} open requests`}>{counted(news.open)}</i>
                )}
              </Link>
            </li>
          ))}
        </ul>
      ))}
      <div className="lc-nav-foot">
        {news && news.clockAheadMs > A_MINUTE_MS && <DemoTime href={`${rootPath}/pages/renewals`} />}
        <a className="lc-me" href={`${rootPath}/account`} data-name={`Your account: ${staff.name}, ${staff.role}`}>
          <span className="lc-who" aria-hidden="true">
            {initials(staff.name)}
          </span>
          <span className="lc-name">
            <b>{staff.name}</b>
            <span>{staff.role}</span>
          </span>
          <span className="lc-unseen">: your account</span>
        </a>
        <form method="post" action={logoutPath}>
          <button type="submit" data-name="Sign out">
            <Icon name="signOut" />
            <span className="lc-name">Sign out</span>
          </button>
        </form>
      </div>
      <CodeDialog />
    </nav>
  );
};

/** The demo's clock was moved: what is called today is not the reader's. */
const DemoTime: React.FC<{ href: string }> = ({ href }) => {
  const time = dayAndTime(new Date(useNow()).toISOString());
  return (
    <Link to={href} className="lc-demo-time" data-name={`Demo time: ${time}`}>
      <Icon name="audit" />
      <span className="lc-name">
        Demo time <b>{time}</b>
      </span>
    </Link>
  );
};

function useMenu() {
  const resources = useSelector((state: ReduxState) => state.resources);
  const pages = useSelector((state: ReduxState) => state.pages);
  const { rootPath, logoutPath } = useSelector((state: ReduxState) => state.paths);

  const visible = new Map<string, string>();
  for (const page of pages) visible.set(page.name, `${rootPath}/pages/${page.name}`);
  for (const { id, resourceActions } of resources) {
    if (resourceActions.some((action) => action.name === 'list')) visible.set(id, `${rootPath}/resources/${id}`);
  }

  // The search has a button of its own above.
  const placed = new Set(['search', ...menu.flatMap((group) => group.items.map((item) => item.id))]);
  const further: Entry[] = pages
    .filter((page) => !placed.has(page.name))
    .map((page) => ({ id: page.name, label: page.name, icon: 'page', href: `${rootPath}/pages/${page.name}` }));
  const groups: Entry[][] = menu.map((group) =>
    group.items.flatMap((item) => {
      const href = visible.get(item.id);
      return href ? [{ ...item, href }] : [];
    }),
  );
  return { groups: [...groups, further].filter((group) => group.length > 0), rootPath, logoutPath };
}

export default Sidebar;
