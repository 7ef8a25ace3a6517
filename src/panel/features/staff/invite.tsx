import React, { useState } from 'react';
import { Link } from 'react-router-dom';
import type { ActionProps } from 'adminjs';
import type { Role } from '../../../authorization/roles.js';
import { postResourceAction } from '../../lib/actions.js';
import { toListPath, toRecordPath } from '../../lib/paths.js';
import { useAction } from '../../lib/use-action.js';
import { useFirstFieldFocus } from '../../lib/use-first-field.js';
import { useTitle } from '../../lib/use-title.js';
import { Alert } from '../../ui/elements.js';
import { Field } from '../../ui/fields.js';
import { SecretOnce } from '../records/secret-once.js';

const roleOptions: [Role, string][] = [
  ['viewer', 'Viewer — reads'],
  ['operator', 'Operator — works the queue and the pool'],
  ['finance', 'Finance — tops up, adjusts, disconnects'],
  ['admin', 'Admin — everything, with partners, keys and staff'],
];

interface Invitation {
  id: string;
  name: string;
  link: string;
}

/** A new staff member, who chooses a password by a link that is shown once. */
const InviteColleague: React.FC<ActionProps> = ({ resource }) => {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const form = useFirstFieldFocus();
  const { run, isPending, error } = useAction(
    () => postResourceAction(resource.id, 'invite', { email, role, ...(name.trim() !== '' && { name }) }),
    {
      onSuccess: ({ record, link = '' }) =>
        setInvitation({ id: record?.id ?? '', name: record?.title ?? email, link: window.location.origin + link }),
    },
  );
  useTitle('Invite a colleague');

  if (invitation) {
    const onward = toRecordPath(resource.id, invitation.id);
    return <SecretOnce secret={invitation.link} what="link" name={invitation.name} onward={onward} />;
  }
  return (
    <form
      ref={form}
      className="lc-card lc-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isPending) run();
      }}
    >
      <div className="lc-body">
        <h2>Invite a colleague</h2>
        <ul className="lc-consequences">
          <li>You send them a link to choose their password; it works once, for 24 hours.</li>
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
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field label="Name (optional)" hint="Leave empty to use the part of the email before the @">
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
            <select id={id} className="lc-input" value={role} onChange={(event) => setRole(event.target.value as Role)}>
              {roleOptions.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        {error && <Alert>{error}</Alert>}
      </div>
      <footer>
        <span className="lc-grow" />
        <Link className="lc-btn" to={toListPath(resource.id)}>
          Cancel
        </Link>
        <button type="submit" className="lc-btn primary" disabled={isPending}>
          {isPending ? 'One moment…' : 'Invite and create link'}
        </button>
      </footer>
    </form>
  );
};

export default InviteColleague;
