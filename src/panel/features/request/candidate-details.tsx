import React from 'react';
import { formatFollowers, formatHandle, type Tone } from '../../lib/format.js';
import { formatAge, formatUtc } from '../../lib/times.js';
import { Chip } from '../../ui/elements.js';
import type { Candidate } from './types.js';
import { getReleaseWarning } from './warnings.js';

/** An account, and how it meets each wish of the request. */
export const CandidateDetails: React.FC<{ candidate: Candidate; now: number }> = ({ candidate, now }) => {
  const { handle, followers, reasons, uncheckedSince } = candidate;
  const releaseWarning = getReleaseWarning(candidate, now);
  return (
    <span className="lc-grow">
      <b>{formatHandle(handle)}</b> <span className="lc-muted">{formatFollowers(followers)} followers</span>
      <span className="lc-reasons">
        {reasons.map((reason) => (
          <ReasonChip key={reason} reason={reason} />
        ))}
        {uncheckedSince && (
          <Chip title={formatUtc(uncheckedSince)}>
            released {formatAge(now - Date.parse(uncheckedSince))}, not yet checked
          </Chip>
        )}
        {releaseWarning && <ReasonChip reason={`✕ ${releaseWarning}`} meaning="speaks against it" />}
      </span>
    </span>
  );
};

const signs: Record<string, { tone: Tone; meaning: string }> = {
  '✓': { tone: 'ok', meaning: 'met' },
  '~': { tone: 'warn', meaning: 'close' },
  '✕': { tone: 'bad', meaning: 'not met' },
};

const ReasonChip: React.FC<{ reason: string; meaning?: string }> = ({ reason, meaning }) => {
  const symbol = reason.charAt(0);
  const sign = signs[symbol];
  if (!sign) return <Chip>{reason}</Chip>;
  return (
    <Chip tone={sign.tone} title={reason}>
      <span aria-hidden="true">{symbol} </span>
      {reason.slice(1).trim()}
      <span className="lc-visually-hidden">, {meaning ?? sign.meaning}</span>
    </Chip>
  );
};
