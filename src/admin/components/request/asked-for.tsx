import React from 'react';
import { Bar, Card, Chip } from '../kit/parts.js';
import type { RequestDetails } from '../kit/shapes.js';
import { howMany } from '../kit/words.js';

/** What the partner asked for, and how far it is. */
export const AskedForCard: React.FC<{
  request: RequestDetails;
  /** Says what an unknown vertical means; left out for those who may not. */
  onMap?: (vertical: string) => void;
}> = ({ request, onMap }) => (
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
        {request.closeVerticals.length > 0 && <Unknown request={request} onMap={onMap} />}
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

/** An unknown vertical, and what it might mean. */
const Unknown: React.FC<{ request: RequestDetails; onMap?: (vertical: string) => void }> = ({ request, onMap }) => (
  <div className="lc-unknown">
    <div className="lc-faint">The pool has no account of this vertical. {onMap && 'Does it mean'}</div>
    {onMap &&
      request.closeVerticals.map(({ vertical, accounts }) => (
        <button key={vertical} type="button" className="lc-btn small" onClick={() => onMap(vertical)}>
          {vertical}?{' '}
          <span className="lc-faint">{accounts > 100 ? '100+ accounts' : howMany(accounts, 'account')}</span>
        </button>
      ))}
  </div>
);

const Line: React.FC<{ label: string; text: string | null }> = ({ label, text }) =>
  text === null || text === '' ? null : (
    <>
      <dt>{label}</dt>
      <dd className="lc-prose">{text}</dd>
    </>
  );
