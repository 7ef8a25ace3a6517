import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { TextField, textFault } from '../../ui/dialog.js';
import { typedFault, TypedName } from '../../ui/typed-name.js';
import { DeedPage } from './action-page.js';
import { consequencesFor, questionFor } from './questions.js';

/** A yes before something that needs few further answers: kill, resume, revoke, quarantine, release. */
const ConfirmDeed: React.FC<ActionProps> = ({ resource, record, action }) => {
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  if (!record) return null;
  const question = questionFor(resource.id, action.name, action.label);
  const { title, confirm, danger, needsReason, byTyping } = question;
  const reasonFault = needsReason ? textFault('The reason', reason, 500) : null;
  const name = byTyping ? String(record.params[byTyping.property]) : '';
  return (
    <DeedPage
      resource={resource}
      record={record}
      deed={action.name}
      title={title(record.title)}
      consequences={consequencesFor(question, record.params)}
      confirm={confirm}
      danger={danger}
      missing={reasonFault ?? (byTyping ? typedFault(byTyping.what, name, typed) : null)}
      body={() => (needsReason ? { reason } : {})}
    >
      {needsReason && <TextField label="Reason" value={reason} onChange={setReason} max={500} />}
      {byTyping && <TypedName what={byTyping.what} name={name} typed={typed} onChange={setTyped} />}
    </DeedPage>
  );
};

export default ConfirmDeed;
