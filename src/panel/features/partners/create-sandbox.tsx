import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import type { ActionAnswer } from '../../lib/actions.js';
import { toRecordPath } from '../../lib/paths.js';
import { ActionForm } from '../../ui/action-form.js';
import { SecretOnce } from '../records/secret-once.js';

/** Creates a partner's sandbox, and shows its key once. */
const CreateSandbox: React.FC<ActionProps> = ({ resource, record }) => {
  const [created, setCreated] = useState<ActionAnswer | null>(null);
  if (!record) return null;
  if (created?.apiKey) {
    const onward = toRecordPath(resource.id, created.sandboxId ?? record.id);
    return <SecretOnce secret={created.apiKey} what="key" name="Sandbox key" onward={onward} />;
  }
  return (
    <ActionForm
      resource={resource}
      record={record}
      actionName="createSandbox"
      title={`Create a sandbox for ${record.title}?`}
      consequences={[
        'It gets an organization of its own, with projects of the same names, $10,000.00 of play money and a test key.',
        'It answers its requests by itself, with sandbox accounts. Neither appears in the queue, the figures or the books.',
        'A partner has one sandbox.',
      ]}
      confirm="Create the sandbox"
      getBody={() => ({})}
      onSuccess={setCreated}
    />
  );
};

export default CreateSandbox;
