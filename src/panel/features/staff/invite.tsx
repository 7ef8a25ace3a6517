import React, { useState } from 'react';
import { useSelector } from 'react-redux';
import { Link } from 'react-router-dom';
import type { ActionProps, ReduxState } from 'adminjs';
import { actOn } from '../../lib/api.js';
import { Field } from '../../ui/dialog.js';
import { Alert, useTitle } from '../../ui/elements.js';
import { useSubmit } from '../../lib/submit.js';
import { SecretOnce } from '../records/secret-once.js';

const roles = [
  ['viewer', 'Viewer — reads'],
  ['operator', 'Operator — works the queue and the pool'],
  ['finance', 'Finance — tops up, adjusts, disconnects'],
  ['admin', 'Admin — everything, with partners, keys and staff'],
] as const;

interface Invited {
  id: string;
  name: string;
  link: string;
}

/** A new colleague who chooses the own password by a link, which is shown this once. */
const InviteColleague: React.FC<ActionProps> = ({ resource }) => {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<string>('operator');
  const [invited, setInvited] = useState<Invited | null>(null);
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const listPath = `${rootPath}/resources/${resource.id}`;
  const { busy, refusal, submit } = useSubmit(
    () => actOn(resource.id, 'invite', { email, role, ...(name.trim() !== '' && { name }) }),
    ({ answer }) => {
      const { record, link = '' } = answer;
      setInvited({ id: record?.id ?? '', name: record?.title ?? email, link: window.location.origin + link });
    },
  );
  useTitle('Invite a colleague');

  if (invited) {
    const onward = `${listPath}/records/${encodeURIComponent(invited.id)}/show`;
    return <SecretOnce secret={invited.link} what="link" name={invited.name} onward={onward} />;
  }
  return (
    <form
      className="lc-card lc-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className="lc-body">
        <h2>Invite a colleague</h2>
        <ul className="lc-consequences">
          <li>They get a link from you, where they choose their password; it works once, for 24 hours.</li>
          <li>Nobody can sign in to the account before that.</li>
        </ul>
        <Field label="Email">
          {(id) => (
            <input
              id={id}
              type="email"
              className="lc-input"
              autoComplete="off"
              maxLength={254}
              required
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field label="Name (optional)" hint="Left empty, the part of the email before the @">
          {(id) => (
            <input
              id={id}
              className="lc-input"
              autoComplete="off"
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label="Role">
          {(id) => (
            <select id={id} className="lc-input" value={role} onChange={(event) => setRole(event.target.value)}>
              {roles.map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          )}
        </Field>
        {refusal && <Alert>{refusal}</Alert>}
      </div>
      <footer>
        <span className="lc-grow" />
        <Link className="lc-btn" to={listPath}>
          Cancel
        </Link>
        <button type="submit" className="lc-btn primary" disabled={busy}>
          {busy ? 'One moment…' : 'Invite and make the link'}
        </button>
      </footer>
    </form>
  );
};

export default InviteColleague;
