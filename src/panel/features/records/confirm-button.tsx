import React, { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import type { ActionJSON, RecordJSON } from 'adminjs';
import { sentence } from '../../../core/sentence.js';
import { postRecordAction } from '../../lib/actions.js';
import { Dialog } from '../../ui/dialog.js';
import { CopyButton } from '../../ui/elements.js';
import { useToast } from '../../ui/toasts.js';
import { getConfirmation, getConsequences } from './confirmations.js';

interface ConfirmButtonProps {
  action: ActionJSON;
  record: RecordJSON;
  label: string;
  className: string;
}

interface Secret {
  what: 'password' | 'link';
  text: string;
}

const secretTitles = {
  password: (name: string) => sentence`The new password of ${name}, shown only now`,
  link: (name: string) => sentence`The link for ${name}, shown only now; it works once, for 24 hours`,
};

/** A button for an action without a page of its own: it asks in a dialog first. */
export const ConfirmButton: React.FC<ConfirmButtonProps> = ({ action, record, label, className }) => {
  const [isAsking, setIsAsking] = useState(false);
  const [secret, setSecret] = useState<Secret | null>(null);
  const navigate = useNavigate();
  const showToast = useToast();
  const confirmation = getConfirmation(action.resourceId, action.name, label);
  const perform = async () => {
    const answer = await postRecordAction(action.resourceId, record.id, action.name);
    if (answer.password) setSecret({ what: 'password', text: answer.password });
    else if (answer.link) setSecret({ what: 'link', text: window.location.origin + answer.link });
    else showToast(answer);
    if (answer.redirectUrl) navigate(answer.redirectUrl);
  };
  return (
    <>
      <button
        type="button"
        className={className}
        data-testid={`action-${action.name}`}
        onClick={() => setIsAsking(true)}
      >
        {label}
      </button>
      {isAsking && (
        <Dialog
          title={confirmation.title(record.title)}
          confirm={confirmation.confirm}
          danger={confirmation.danger}
          onConfirm={perform}
          onClose={() => setIsAsking(false)}
        >
          <ul className="lc-consequences">
            {getConsequences(confirmation, record.params).map((consequence) => (
              <li key={consequence}>{consequence}</li>
            ))}
          </ul>
        </Dialog>
      )}
      {secret !== null && !isAsking && (
        <Dialog
          title={secretTitles[secret.what](record.title)}
          confirm="I have shared it"
          withoutCancel
          onAccept={() => setSecret(null)}
          onClose={() => setSecret(null)}
        >
          <div className="lc-secret">
            <code>{secret.text}</code>
            <CopyButton text={secret.text} label="Copy" className="lc-btn small" />
          </div>
        </Dialog>
      )}
    </>
  );
};
