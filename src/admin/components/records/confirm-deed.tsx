import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { TextField } from '../kit/dialog.js';
import { DeedPage } from './deed-page.js';
import { questionFor } from './questions.js';

/** A yes or no before something that needs no further answers: kill, resume, revoke, suspend. */
const ConfirmDeed: React.FC<ActionProps> = ({ resource, record, action }) => {
  const [reason, setReason] = useState('');
  if (!record) return null;
  const { title, consequences, confirm, danger, takesReason } = questionFor(resource.id, action.name, action.label);
  return (
    <DeedPage
      resource={resource}
      record={record}
      deed={action.name}
      title={title(record.title)}
      consequences={consequences}
      confirm={confirm}
      danger={danger}
      missing={[...reason].length > 500 ? 'The reason is too long' : null}
      body={() => (reason.trim() === '' ? {} : { reason })}
    >
      {takesReason && <TextField label="Reason (optional)" value={reason} onChange={setReason} max={500} />}
    </DeedPage>
  );
};

export default ConfirmDeed;
