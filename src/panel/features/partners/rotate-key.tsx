import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { sentence } from '../../../core/sentence.js';
import { toRecordPath } from '../../lib/paths.js';
import { ActionForm } from '../../ui/action-form.js';
import { SelectField } from '../../ui/fields.js';
import { SecretOnce } from '../records/secret-once.js';

const graces = [
  ['0', 'At once'],
  ['3600', 'In 1 hour'],
  ['86400', 'In 24 hours'],
] as const;
type Grace = (typeof graces)[number][0];

/** Another secret for a key, shown once. */
const RotateKey: React.FC<ActionProps> = ({ resource, record }) => {
  const [grace, setGrace] = useState<Grace | ''>('');
  const [secret, setSecret] = useState<string | null>(null);
  if (!record) return null;
  if (secret !== null) {
    return <SecretOnce secret={secret} what="key" name={record.title} onward={toRecordPath(resource.id, record.id)} />;
  }
  return (
    <ActionForm
      resource={resource}
      record={record}
      actionName="rotate"
      title={sentence`Rotate the key “${record.title}”?`}
      consequences={[
        'It gets another secret, which is shown once. Its name, scopes and rate limit stay.',
        'The old key stops working when you choose below. A secret from an earlier rotation stops at once.',
      ]}
      confirm="Rotate key"
      danger
      missing={grace === '' ? 'When does the old key stop working?' : null}
      getBody={() => ({ graceSeconds: Number(grace) })}
      onSuccess={({ apiKey = '' }) => setSecret(apiKey)}
    >
      <SelectField
        label="The old key stops working"
        value={grace}
        placeholder="Choose…"
        options={graces}
        onChange={setGrace}
      />
    </ActionForm>
  );
};

export default RotateKey;
