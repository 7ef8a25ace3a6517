import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { ActionForm } from '../../ui/action-form.js';
import { getTextError, TextField } from '../../ui/fields.js';
import { getTypedNameError } from '../../lib/typed-name.js';
import { TypedName } from '../../ui/typed-name.js';
import { getConfirmation, getConsequences } from './confirmations.js';

/** The page of an action that needs at most a reason or a typed name: kill, resume, revoke, quarantine, release. */
const ConfirmAction: React.FC<ActionProps> = ({ resource, record, action }) => {
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  if (!record) return null;
  const confirmation = getConfirmation(resource.id, action.name, action.label);
  const { title, confirm, danger, needsReason, typedName } = confirmation;
  const reasonError = needsReason ? getTextError('The reason', reason, 500) : null;
  const name = typedName ? String(record.params[typedName.property]) : '';
  return (
    <ActionForm
      resource={resource}
      record={record}
      actionName={action.name}
      title={title(record.title)}
      consequences={getConsequences(confirmation, record.params)}
      confirm={confirm}
      danger={danger}
      missing={reasonError ?? (typedName ? getTypedNameError(typedName.what, name, typed) : null)}
      getBody={() => (needsReason ? { reason } : {})}
    >
      {needsReason && <TextField label="Reason" value={reason} onChange={setReason} max={500} />}
      {typedName && <TypedName what={typedName.what} name={name} typed={typed} onChange={setTyped} />}
    </ActionForm>
  );
};

export default ConfirmAction;
