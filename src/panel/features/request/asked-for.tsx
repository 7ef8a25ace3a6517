import React from 'react';
import { Link } from 'react-router-dom';
import { Bar, Card, Chip } from '../../ui/elements.js';
import type { RequestDetails } from '../../lib/types.js';
import { howMany } from '../../lib/format.js';

/** What the partner asked for, and how far it is. */
export const AskedForCard: React.FC<{
  request: RequestDetails;
  resourcesPath: string;
  /** Says what an unknown vertical means; left out for those who may not. */
  onMap?: (vertical: string) => void;
}> = ({ request, resourcesPath, onMap }) => (
  <Card
    title="Asked for"
    aside={
      <b>
        {request.assignedCount} of {request.count}
      </b>
    }
  >
    <Bar part={request.assignedCount} whole={request.count} wide />
    <dl className="lc-facts">
      <dt>Vertical</dt>
      <dd>
        <Chip>{request.vertical}</Chip>
        {request.synonymOf && <div className="lc-faint">means {request.synonymOf}</div>}
        {request.unknownVertical !== null && (
          <Unknown
            request={request}
            listPath={`${resourcesPath}/verticals/records/${encodeURIComponent(request.unknownVertical)}/standFor`}
            onMap={onMap}
          />
        )}
      </dd>
      <dt>Language</dt>
      <dd>{request.language ? <Chip>{request.language}</Chip> : <span className="lc-muted">any</span>}</dd>
      <dt>Countries</dt>
      <dd className="lc-chips">
        {request.geo?.length ? (
          request.geo.map((country) => <Chip key={country}>{country}</Chip>)
        ) : (
          <span className="lc-muted">any</span>
        )}
      </dd>
      <Line label="Audience" text={request.audience} />
      <Line label="Target" text={request.target} />
      <Line label="Their note" text={request.partnerNote} />
    </dl>
  </Card>
);

/** An unknown vertical, what it might mean, and the way to say that it means something else. */
const Unknown: React.FC<{
  request: RequestDetails;
  listPath: string;
  onMap?: (vertical: string) => void;
}> = ({ request: { closeVerticals: close }, listPath, onMap }) => (
  <div className="lc-unknown">
    <div className="lc-faint">
      The pool has no account of this vertical. {onMap && close.length > 0 && 'Does it mean'}
    </div>
    {onMap &&
      close.map(({ vertical, accounts }) => (
        <button key={vertical} type="button" className="lc-btn small" onClick={() => onMap(vertical)}>
          {vertical}?{' '}
          <span className="lc-faint lc-nowrap">{accounts > 100 ? '100+ accounts' : howMany(accounts, 'account')}</span>
        </button>
      ))}
    {onMap && (
      <div>
        <Link to={listPath}>{close.length > 0 ? 'Something else…' : 'Say what it means…'}</Link>
      </div>
    )}
  </div>
);

const Line: React.FC<{ label: string; text: string | null }> = ({ label, text }) =>
  text === null || text === '' ? null : (
    <>
      <dt>{label}</dt>
      <dd className="lc-prose">{text}</dd>
    </>
  );
