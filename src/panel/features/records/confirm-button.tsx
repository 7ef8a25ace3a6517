import React, { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { useNotice, type ActionJSON, type RecordJSON } from 'adminjs';
import { act, type ActionAnswer } from '../../lib/api.js';
import { Dialog } from '../../ui/dialog.js';
import { CopyButton } from '../../ui/elements.js';
import { consequencesFor, questionFor } from './questions.js';

interface InstantDeedProps {
  action: ActionJSON;
  record: RecordJSON;
  label: string;
  className: string;
  onDone: (answer: ActionAnswer) => void;
}

const secretTitles = {
  password: (name: string) => `The new password of ${name}, shown only now`,
  link: (name: string) => `The link for ${name}, shown only now; it works once, for 24 hours`,
};

/** A button for an action without a page of its own: it asks first, then acts by POST. */
export const InstantDeed: React.FC<InstantDeedProps> = ({ action, record, label, className, onDone }) => {
  const [asking, setAsking] = useState(false);
  const [secret, setSecret] = useState<{ what: 'password' | 'link'; text: string } | null>(null);
  const navigate = useNavigate();
  const addNotice = useNotice();
  const question = questionFor(action.resourceId, action.name, label);
  const perform = async () => {
    const outcome = await act(action.resourceId, record.id, action.name, {});
    if (!outcome.done) return outcome;
    const { answer } = outcome;
    if (answer.password) setSecret({ what: 'password', text: answer.password });
    else if (answer.link) setSecret({ what: 'link', text: window.location.origin + answer.link });
    else addNotice({ message: answer.notice?.message ?? 'Done.', type: 'success' });
    if (answer.redirectUrl) navigate(answer.redirectUrl);
    else onDone(answer);
    return outcome;
  };
  return (
    <>
      <button type="button" className={className} data-testid={`action-${action.name}`} onClick={() => setAsking(true)}>
        {label}
      </button>
      {asking && (
        <Dialog
          title={question.title(record.title)}
          confirm={question.confirm}
          danger={question.danger}
          onConfirm={perform}
          onClose={() => setAsking(false)}
        >
          <ul className="lc-consequences">
            {consequencesFor(question, record.params).map((consequence) => (
              <li key={consequence}>{consequence}</li>
            ))}
          </ul>
        </Dialog>
      )}
      {secret !== null && (
        <Dialog
          title={secretTitles[secret.what](record.title)}
          confirm="I have passed it on"
          withoutCancel
          onConfirm={async () => ({ done: true, answer: {} })}
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
