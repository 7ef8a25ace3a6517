import React from 'react';
import { Bar, Card, Chip } from '../kit/parts.js';
import type { RequestDetails } from '../kit/shapes.js';

/** What the partner asked for, and how far it is. */
export const AskedForCard: React.FC<{ request: RequestDetails }> = ({ request }) => (
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

const Line: React.FC<{ label: string; text: string | null }> = ({ label, text }) =>
  text === null || text === '' ? null : (
    <>
      <dt>{label}</dt>
      <dd className="lc-prose">{text}</dd>
    </>
  );
