import React from 'react';
import { Link } from 'react-router-dom';
import { Chip, CopyButton } from '../../ui/elements.js';
import { dayOf, inUtc, Moment, span } from '../../ui/times.js';
import { at, blockerNames, formatDollars, inWords, shortId, toneOf } from '../../lib/format.js';
import type { OpenRequest, PartnerKey, PartnerOverview, PriceChange } from './types.js';

/** A partner's keys with what they may do, and the ways to stop one. */
export const KeysTable: React.FC<{ keys: PartnerKey[]; path: string; mayManage: boolean; now: number }> = (props) => {
  const { keys, path, mayManage, now } = props;
  return (
    <div className="lc-scroll">
      <table className="lc-table" aria-label="API keys">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Prefix</th>
            <th scope="col">Scopes</th>
            <th scope="col">Rate limit</th>
            <th scope="col">Last used</th>
            <th scope="col">Status</th>
            {mayManage && (
              <th scope="col">
                <span className="lc-unseen">What can be done</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <td>
                <Link to={`${path}/api-keys/records/${key.id}/show`}>
                  <b>{key.name}</b>
                </Link>
              </td>
              <td className="lc-identity">
                <code>{key.prefix}</code> <CopyButton text={key.prefix} />
              </td>
              <td>
                <span className="lc-chips">
                  {key.scopes.map((scope) => (
                    <Chip key={scope}>{scope}</Chip>
                  ))}
                </span>
              </td>
              <td>{inWords(key.tier)}</td>
              <td className="lc-nowrap">
                {key.lastUsedAt ? (
                  <Moment iso={key.lastUsedAt} now={now} age />
                ) : (
                  <span className="lc-faint">never</span>
                )}
              </td>
              <td className="lc-nowrap">
                <Chip tone={toneOf(key.status)} title={key.killedBy ? `by ${key.killedBy}` : undefined}>
                  {inWords(key.status)}
                </Chip>
              </td>
              {mayManage && (
                <td className="lc-nowrap lc-row-ways">
                  {waysOf(key).map((way) => (
                    <Link
                      key={way}
                      to={`${path}/api-keys/records/${key.id}/${way}`}
                      aria-label={`${inWords(way)} ${key.name}`}
                    >
                      {inWords(way)}
                    </Link>
                  ))}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

function waysOf({ status }: PartnerKey): string[] {
  if (status === 'revoked') return [];
  return [status === 'killed' ? 'resume' : 'kill', 'revoke'];
}

export const Projects: React.FC<{ projects: PartnerOverview['projects']; path: string }> = ({ projects, path }) => (
  <table className="lc-table lc-lines" aria-label="Projects">
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col" className="lc-num">
          Open
        </th>
        <th scope="col" className="lc-num">
          Live
        </th>
      </tr>
    </thead>
    <tbody>
      {projects.map((project) => (
        <tr key={project.id}>
          <td>
            <Link to={`${path}/projects/records/${project.id}/show`} title={project.id}>
              {project.name}
            </Link>
          </td>
          <td className="lc-num">{project.openRequests.toLocaleString('en-US')}</td>
          <td className="lc-num">{project.liveLeases.toLocaleString('en-US')}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

export const Requests: React.FC<{ requests: OpenRequest[]; path: string; now: number }> = ({ requests, path, now }) => (
  <div className="lc-scroll">
    <table className="lc-table" aria-label="Open requests, oldest first">
      <thead>
        <tr>
          <th scope="col">Age</th>
          <th scope="col">Request</th>
          <th scope="col">Asked for</th>
          <th scope="col">Assigned</th>
          <th scope="col">Blocker</th>
        </tr>
      </thead>
      <tbody>
        {requests.map((request) => (
          <tr key={request.id}>
            <td className="lc-nowrap">
              <time dateTime={request.submittedAt} title={inUtc(request.submittedAt)}>
                {span(now - Date.parse(request.submittedAt))}
              </time>
            </td>
            <td>
              <Link to={`${path}/lease-requests/records/${request.id}/fulfil`} title={request.requestId}>
                {shortId(request.requestId)}
              </Link>
            </td>
            <td>
              <span className="lc-chips">
                <Chip>{request.vertical}</Chip>
                <Chip>{request.language ?? 'any language'}</Chip>
              </span>
            </td>
            <td className="lc-nowrap">
              {request.assignedCount} / {request.count}
            </td>
            <td className="lc-nowrap">
              {request.blocker ? (
                <Chip tone={toneOf(request.blocker)}>{blockerNames[request.blocker]}</Chip>
              ) : (
                <span className="lc-faint">—</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

export const Leases: React.FC<{ leases: PartnerOverview['leases']; path: string; now: number }> = (props) => {
  const { leases, path, now } = props;
  return (
    <div className="lc-scroll">
      <table className="lc-table" aria-label="Live leases, newest first">
        <thead>
          <tr>
            <th scope="col">Account</th>
            <th scope="col">Status</th>
            <th scope="col">Since</th>
            <th scope="col">Renews</th>
            <th scope="col" className="lc-num">
              Price
            </th>
          </tr>
        </thead>
        <tbody>
          {leases.map((lease) => (
            <tr key={lease.id}>
              <td>
                <Link to={`${path}/leases/records/${lease.id}/show`}>
                  <b>{at(lease.handle)}</b>
                </Link>
              </td>
              <td>
                <Chip tone={toneOf(lease.status)}>{inWords(lease.status)}</Chip>
              </td>
              <td className="lc-nowrap">
                <time dateTime={lease.assignedAt} title={inUtc(lease.assignedAt)}>
                  {dayOf(lease.assignedAt, now)}
                </time>
              </td>
              <td className="lc-nowrap">
                {lease.nextRenewalAt && (
                  <time dateTime={lease.nextRenewalAt} title={inUtc(lease.nextRenewalAt)}>
                    {dayOf(lease.nextRenewalAt, now)}
                  </time>
                )}
                {lease.disconnectsAt && (
                  <span className="lc-faint" title={inUtc(lease.disconnectsAt)}>
                    , unpaid; disconnects {dayOf(lease.disconnectsAt, now)}
                  </span>
                )}
              </td>
              <td className="lc-num">{formatDollars(lease.priceCents)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

export const Events: React.FC<{ events: PartnerOverview['events']; path: string; now: number }> = (props) => {
  const { events, path, now } = props;
  return (
    <ul className="lc-events">
      {events.map((event) => (
        <li key={event.id}>
          <Link to={`${path}/audit-events/records/${event.id}/show`}>{inWords(event.type)}</Link>
          <span className="lc-faint">
            {event.actorName} · <Moment iso={event.occurredAt} now={now} age />
          </span>
        </li>
      ))}
    </ul>
  );
};

export const PriceChanges: React.FC<{ changes: PriceChange[]; path: string; now: number }> = (props) => {
  const { changes, path, now } = props;
  const price = (cents: number | null) => (cents === null ? 'the house’s price' : formatDollars(cents));
  return (
    <ul className="lc-events">
      {changes.map(({ id, beforeCents, afterCents, reason, actorName, occurredAt }) => (
        <li key={id}>
          <Link to={`${path}/audit-events/records/${id}/show`}>
            {price(beforeCents)} → {price(afterCents)}
          </Link>
          {reason && <span>{reason}</span>}
          <span className="lc-faint">
            {actorName} · <Moment iso={occurredAt} now={now} age />
          </span>
        </li>
      ))}
    </ul>
  );
};
