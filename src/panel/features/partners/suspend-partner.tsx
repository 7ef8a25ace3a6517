import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { formatCount, formatDollars, formatNumber } from '../../lib/format.js';
import { useOverview } from '../../lib/queries.js';
import { ActionForm } from '../../ui/action-form.js';
import { QueryState } from '../../ui/states.js';
import { getTypedNameError } from '../../lib/typed-name.js';
import { TypedName } from '../../ui/typed-name.js';
import { MAX_COUNTED_REQUESTS, type PartnerOverview } from './types.js';

const WHAT = 'the partner’s name';

/** Suspending a partner: what it stops and what goes on, in figures; confirmed by the partner's name. */
const SuspendPartner: React.FC<ActionProps> = ({ resource, record }) => {
  const [typed, setTyped] = useState('');
  const query = useOverview<PartnerOverview>('organizations', record?.id ?? '');
  if (!record) return null;
  return (
    <QueryState query={query} what="what it would stop" lines={4}>
      {(partner) => (
        <ActionForm
          resource={resource}
          record={record}
          actionName="suspend"
          title={`Suspend ${record.title}?`}
          consequences={getConsequences(partner)}
          confirm="Suspend the partner"
          danger
          missing={getTypedNameError(WHAT, record.title, typed)}
          getBody={() => ({})}
        >
          <TypedName what={WHAT} name={record.title} typed={typed} onChange={setTyped} />
        </ActionForm>
      )}
    </QueryState>
  );
};

function getConsequences({ keys, openRequestCount, outlook }: PartnerOverview): string[] {
  const activeKeys = keys.filter(({ status }) => status === 'active').length;
  const requests =
    openRequestCount > MAX_COUNTED_REQUESTS
      ? `${formatNumber(MAX_COUNTED_REQUESTS)}+ open requests`
      : formatCount(openRequestCount, 'open request');
  const { liveLeases, monthlyCommitmentCents } = outlook;
  return [
    activeKeys === 0
      ? 'It has no active key.'
      : `All calls of its ${formatCount(activeKeys, 'active key')} are refused immediately (503, kill switch).`,
    openRequestCount === 0
      ? 'It has no open requests.'
      : `Nothing more can be assigned for its ${requests}; open requests stay in the queue.`,
    liveLeases === 0
      ? 'It has no live leases.'
      : `Its ${formatCount(liveLeases, 'live lease')} (${formatDollars(monthlyCommitmentCents)} a month) continue and are charged as before.`,
    'It can be resumed at any time.',
  ];
}

export default SuspendPartner;
