import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { Alert, Loading } from '../../ui/elements.js';
import { typedFault, TypedName } from '../../ui/typed-name.js';
import { formatDollars, howMany } from '../../lib/format.js';
import { DeedPage } from '../records/action-page.js';
import { useOverview } from '../records/overview.js';
import type { PartnerOverview } from './types.js';

const WHAT = 'the partner’s name';

/** Suspending a partner: what it stops and what goes on, in figures, and confirmed by its name. */
const SuspendPartner: React.FC<ActionProps> = ({ resource, record }) => {
  const [typed, setTyped] = useState('');
  const { data, failure } = useOverview<PartnerOverview>('organizations', record?.id ?? '');
  if (!record) return null;
  if (failure && !data) return <Alert>{failure}</Alert>;
  if (!data) {
    return (
      <section className="lc-card">
        <Loading what="what it would stop" lines={4} />
      </section>
    );
  }
  return (
    <DeedPage
      resource={resource}
      record={record}
      deed="suspend"
      title={`Suspend ${record.title}?`}
      consequences={consequencesOf(data)}
      confirm="Suspend the partner"
      danger
      missing={typedFault(WHAT, record.title, typed)}
      body={() => ({})}
    >
      <TypedName what={WHAT} name={record.title} typed={typed} onChange={setTyped} />
    </DeedPage>
  );
};

function consequencesOf({ keys, openRequestCount, outlook }: PartnerOverview): string[] {
  const working = keys.filter(({ status }) => status === 'active').length;
  const open = openRequestCount > 1_000 ? '1,000+ open requests' : howMany(openRequestCount, 'open request');
  const { liveLeases, monthlyCommitmentCents } = outlook;
  return [
    working === 0
      ? 'It has no working key.'
      : `Every call of its ${howMany(working, 'working key')} is refused at once (503, kill switch).`,
    openRequestCount === 0
      ? 'It has no open requests.'
      : `Nothing more can be assigned to its ${open}; what is open stays in the queue.`,
    liveLeases === 0
      ? 'It has no live leases.'
      : `Its ${howMany(liveLeases, 'live lease')} (${formatDollars(monthlyCommitmentCents)} a month) stay and are charged as before.`,
    'It can be resumed at any time.',
  ];
}

export default SuspendPartner;
