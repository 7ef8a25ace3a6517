import React, { useState } from 'react';
import { useSelector } from 'react-redux';
import { Link, useLocation, useNavigate } from 'react-router-dom';
import { useNotice, useTranslation, type ActionProps, type ReduxState } from 'adminjs';
import { act, create, type ActionAnswer } from '../../lib/api.js';
import { useFirstField } from '../../lib/first-field.js';
import { Alert, useTitle } from '../../ui/elements.js';
import { useSubmit } from '../../lib/submit.js';
import { FormField } from './form-field.js';
import { SecretOnce } from './secret-once.js';
import { sentFor, typedOf, type Typed } from './typed-values.js';

/** The form of any resource, for a new record or one that is there. It sends JSON with the fields that were filled or changed. */
const Form: React.FC<ActionProps> = ({ resource, record, action }) => {
  const { search } = useLocation();
  const fields = resource.editProperties.filter(
    ({ isId, custom }) => !isId && (custom.only === undefined || custom.only === (record ? 'edit' : 'new')),
  );
  const [initial] = useState(() => {
    const given = new URLSearchParams(search);
    return Object.fromEntries(
      fields.map((property) => [property.propertyPath, typedOf(property, record, given.get(property.propertyPath))]),
    );
  });
  const [typed, setTyped] = useState<Record<string, Typed>>(initial);
  const [made, setMade] = useState<ActionAnswer | null>(null);
  const { translateAction } = useTranslation();
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const navigate = useNavigate();
  const addNotice = useNotice();
  const listPath = `${rootPath}/resources/${resource.id}`;
  const pathOf = (id: string) => `${listPath}/records/${encodeURIComponent(id)}/show`;

  const body = () => {
    const entries = fields.flatMap((property) => {
      const path = property.propertyPath;
      const value = typed[path] ?? '';
      const untouched = record
        ? isSame(value, initial[path])
        : value === '' || (Array.isArray(value) && value.length === 0);
      return untouched ? [] : [[path, sentFor(property, value)]];
    });
    return Object.fromEntries(entries) as object;
  };
  const { busy, refusal, submit } = useSubmit(
    () => (record ? act(resource.id, record.id, action.name, body()) : create(resource.id, body())),
    ({ answer }) => {
      if (answer.apiKey ?? answer.password) return setMade(answer);
      addNotice({ message: answer.notice?.message ?? 'Saved.', type: 'success' });
      const id = record?.id ?? answer.record?.id;
      navigate(id ? pathOf(id) : listPath);
    },
  );
  useTitle(record ? `Edit ${record.title}` : translateAction(action.label, resource.id));
  const form = useFirstField();

  const secret = made?.apiKey ?? made?.password;
  if (made && secret) {
    return (
      <SecretOnce
        secret={secret}
        what={made.apiKey ? 'key' : 'password'}
        name={made.record?.title ?? ''}
        onward={made.record?.id ? pathOf(made.record.id) : listPath}
      />
    );
  }
  const unchanged = record !== undefined && Object.keys(body()).length === 0;
  return (
    <form
      ref={form}
      className="lc-card lc-form"
      noValidate={false}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className="lc-body">
        {fields.map((property) => (
          <FormField
            key={property.propertyPath}
            property={property}
            value={typed[property.propertyPath] ?? ''}
            name={record?.populated[property.propertyPath]?.title ?? null}
            onChange={(value) => setTyped((before) => ({ ...before, [property.propertyPath]: value }))}
          />
        ))}
        {refusal && <Alert>{refusal}</Alert>}
      </div>
      <footer>
        <span className="lc-grow" />
        <Link className="lc-btn" to={record ? pathOf(record.id) : listPath}>
          Cancel
        </Link>
        <button type="submit" className="lc-btn primary" disabled={busy || unchanged}>
          {busy ? 'Saving…' : record ? 'Save' : 'Create'}
        </button>
      </footer>
    </form>
  );
};

function isSame(one: Typed, other: Typed | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export default Form;
