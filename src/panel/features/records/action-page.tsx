import React, { type ReactNode } from 'react';
import { useSelector } from 'react-redux';
import { Link, useNavigate } from 'react-router-dom';
import { useNotice, type RecordJSON, type ReduxState, type ResourceJSON } from 'adminjs';
import { act } from '../../lib/api.js';
import { useFirstField } from '../../lib/first-field.js';
import { Alert, useTitle } from '../../ui/elements.js';
import { useSubmit } from '../../lib/submit.js';

interface DeedPageProps {
  resource: ResourceJSON;
  record: RecordJSON;
  /** The action's name. */
  deed: string;
  title: string;
  /** What it will do, in sentences. */
  consequences: ReactNode[];
  /** The button, with its figures. */
  confirm: string;
  danger?: boolean;
  missing?: string | null;
  body: () => object;
  children?: ReactNode;
}

/** Something done to one record: what it will do, what it needs to know, one button. */
export const DeedPage: React.FC<DeedPageProps> = (props) => {
  const { resource, record, deed, title, consequences, confirm, danger, missing, body, children } = props;
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const recordPath = `${rootPath}/resources/${resource.id}/records/${encodeURIComponent(record.id)}/show`;
  const navigate = useNavigate();
  const addNotice = useNotice();
  const { busy, refusal, submit } = useSubmit(
    () => act(resource.id, record.id, deed, body()),
    ({ answer }) => {
      addNotice({ message: answer.notice?.message ?? 'Done.', type: 'success' });
      navigate(recordPath);
    },
  );
  useTitle(title);
  const form = useFirstField();
  return (
    <form
      ref={form}
      className="lc-card lc-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!missing) void submit();
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
        {refusal && <Alert>{refusal}</Alert>}
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
          disabled={busy || Boolean(missing)}
        >
          {busy ? 'One moment…' : confirm}
        </button>
      </footer>
    </form>
  );
};
