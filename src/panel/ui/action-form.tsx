import React, { type ReactNode } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import type { RecordJSON, ResourceJSON } from 'adminjs';
import { postRecordAction, type ActionAnswer } from '../lib/actions.js';
import { toRecordPath } from '../lib/paths.js';
import { useAction } from '../lib/use-action.js';
import { useFirstFieldFocus } from '../lib/use-first-field.js';
import { useTitle } from '../lib/use-title.js';
import { Alert } from './elements.js';
import { useToast } from './toasts.js';

interface ActionFormProps {
  resource: ResourceJSON;
  record: RecordJSON;
  actionName: string;
  title: string;
  /** What the action will do, in sentences. */
  consequences: ReactNode[];
  /** The confirming button, with its figures. */
  confirm: string;
  danger?: boolean;
  /** Why it cannot be confirmed yet; null when it can. */
  missing?: string | null;
  getBody: () => object;
  /** Instead of going back to the record: for an answer that is shown once. */
  onAnswer?: (answer: ActionAnswer) => void;
  children?: ReactNode;
}

/** The page of an action on one record; it leads back to the record. */
export const ActionForm: React.FC<ActionFormProps> = (props) => {
  const { resource, record, actionName, title, consequences, confirm, danger, missing, getBody, onAnswer, children } =
    props;
  const recordPath = toRecordPath(resource.id, record.id);
  const navigate = useNavigate();
  const showToast = useToast();
  const { run, isPending, error, clearError } = useAction(
    () => postRecordAction(resource.id, record.id, actionName, getBody()),
    {
      onSuccess: (answer) => {
        if (onAnswer) return onAnswer(answer);
        showToast(answer);
        navigate(recordPath);
      },
    },
  );
  useTitle(title);
  const form = useFirstFieldFocus();
  return (
    <form
      ref={form}
      className="lc-card lc-form"
      onChange={clearError}
      onSubmit={(event) => {
        event.preventDefault();
        if (!missing && !isPending) run();
      }}
    >
      <div className="lc-body">
        <h2>{title}</h2>
        <ul className="lc-consequences">
          {consequences.map((consequence, index) => (
            <li key={index}>{consequence}</li>
          ))}
        </ul>
        {children}
        {error && <Alert>{error}</Alert>}
      </div>
      <footer>
        {missing && <span className="lc-faint">{missing}</span>}
        <span className="lc-grow" />
        <Link className="lc-btn" to={recordPath}>
          Cancel
        </Link>
        <button
          type="submit"
          className={`lc-btn primary ${danger ? 'danger' : ''}`}
          disabled={isPending || Boolean(missing)}
        >
          {isPending ? 'One moment…' : confirm}
        </button>
      </footer>
    </form>
  );
};
