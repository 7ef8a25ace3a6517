import React from 'react';
import { Link } from 'react-router-dom';
import { formatCountry, formatLanguage } from '../../../core/display-names.js';
import { formatCount } from '../../lib/format.js';
import { toRecordPath } from '../../lib/paths.js';
import { Card, Chip, ProgressBar } from '../../ui/elements.js';
import type { RequestDetails } from './types.js';

interface AskedForProps {
  request: RequestDetails;
  /** Maps an unknown vertical; left out where the role may not. */
  onMap?: (vertical: string) => void;
}

/** What the partner asked for, and how many accounts are assigned. */
export const AskedForCard: React.FC<AskedForProps> = ({ request, onMap }) => (
  <Card
    title="Asked for"
    aside={
      <b>
        {request.assignedCount} of {request.count}
      </b>
    }
  >
    <ProgressBar part={request.assignedCount} whole={request.count} wide />
    <dl className="lc-facts">
      <dt>Vertical</dt>
      <dd>
        <Chip>
          <bdi>{request.vertical}</bdi>
        </Chip>
        {request.synonymOf && <div className="lc-faint">means {request.synonymOf}</div>}
        {request.unknownVertical !== null && (
          <UnknownVertical vertical={request.unknownVertical} similar={request.closeVerticals} onMap={onMap} />
        )}
      </dd>
      <dt>Language</dt>
      <dd>
        {request.language ? (
          <Chip title={request.language}>{formatLanguage(request.language)}</Chip>
        ) : (
          <span className="lc-muted">any</span>
        )}
      </dd>
      <dt>Countries</dt>
      <dd className="lc-chips">
        {request.geo?.length ? (
          request.geo.map((country) => (
            <Chip key={country} title={country}>
              {formatCountry(country)}
            </Chip>
          ))
        ) : (
          <span className="lc-muted">any</span>
        )}
      </dd>
      <TextEntry label="Audience" text={request.audience} />
      <TextEntry label="Target" text={request.target} />
      <TextEntry label="Partner’s note" text={request.partnerNote} />
      <TextEntry label="Metadata" text={toLines(request.metadata)} />
    </dl>
  </Card>
);

interface UnknownVerticalProps {
  vertical: string;
  similar: RequestDetails['closeVerticals'];
  onMap?: (vertical: string) => void;
}

/** What an unknown vertical might mean, and the way to map it to something else. */
const UnknownVertical: React.FC<UnknownVerticalProps> = ({ vertical, similar, onMap }) => (
  <div className="lc-unknown">
    <div className="lc-faint">
      The pool has no account of this vertical. {onMap && similar.length > 0 && 'Does it mean'}
    </div>
    {onMap &&
      similar.map((known) => (
        <button key={known.vertical} type="button" className="lc-btn small" onClick={() => onMap(known.vertical)}>
          <bdi>{known.vertical}</bdi>?{' '}
          <span className="lc-faint lc-nowrap">
            {known.accounts > 100 ? '100+ accounts' : formatCount(known.accounts, 'account')}
          </span>
        </button>
      ))}
    {onMap && (
      <div>
        <Link to={toRecordPath('verticals', vertical, 'standFor')}>
          {similar.length > 0 ? 'Another vertical…' : 'Map to a vertical…'}
        </Link>
      </div>
    )}
  </div>
);

function toLines(metadata: RequestDetails['metadata']): string {
  return Object.entries(metadata ?? {})
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n');
}

const TextEntry: React.FC<{ label: string; text: string | null }> = ({ label, text }) =>
  text === null || text === '' ? null : (
    <>
      <dt>{label}</dt>
      <dd className="lc-prose">{text}</dd>
    </>
  );
