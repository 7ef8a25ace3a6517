import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { ActionForm } from '../../ui/action-form.js';
import { Field } from '../../ui/fields.js';

/** Sends the events of a time to an endpoint again. */
const ReplayDeliveries: React.FC<ActionProps> = ({ resource, record }) => {
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  if (!record) return null;
  return (
    <ActionForm
      resource={resource}
      record={record}
      actionName="replay"
      title={`Send the events of a time to ${record.title} again`}
      consequences={[
        'Every event that was scheduled in that time goes out as a new one, delivered or not; tests, replays and what is still on its way are left out.',
        'At most 5,000 at once. The partner sees on each which delivery it repeats.',
      ]}
      confirm="Send again"
      missing={getMissing(since, until)}
      getBody={() => ({ since: toUtc(since), until: toUtc(until) })}
    >
      <UtcTime label="From (UTC)" value={since} onChange={setSince} />
      <UtcTime label="Until, inclusive (UTC)" value={until} onChange={setUntil} />
    </ActionForm>
  );
};

const UtcTime: React.FC<{ label: string; value: string; onChange: (value: string) => void }> = (props) => {
  const { label, value, onChange } = props;
  return (
    <Field label={label}>
      {(id) => (
        <input
          id={id}
          type="datetime-local"
          step={1}
          className="lc-input"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
};

function getMissing(since: string, until: string): string | null {
  if (since === '' || until === '') return 'From when until when?';
  return since > until ? 'The end lies before the beginning.' : null;
}

/** A browser leaves out seconds that are zero. */
function toUtc(local: string): string {
  return `${local.length === 16 ? `${local}:00` : local}Z`;
}

export default ReplayDeliveries;
