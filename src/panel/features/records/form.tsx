import React, { useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router-dom';
import { flat, useTranslation, type ActionProps, type BasePropertyJSON, type RecordJSON } from 'adminjs';
import { createRecord, postRecordAction, type ActionAnswer } from '../../lib/actions.js';
import { PanelError } from '../../lib/http.js';
import { toListPath, toRecordPath } from '../../lib/paths.js';
import type { SeenChange } from '../../../audit/seen-values.js';
import { useAction } from '../../lib/use-action.js';
import { useFirstFieldFocus } from '../../lib/use-first-field.js';
import { useTitle } from '../../lib/use-title.js';
import { Alert } from '../../ui/elements.js';
import { useToast } from '../../ui/toasts.js';
import { FormField } from './form-field.js';
import { fromFieldValue, toFieldValue, type FieldValue } from './form-values.js';
import { SecretOnce } from './secret-once.js';

/** The form of any resource, for a new record or an existing one. It sends the fields that were filled or changed. */
const Form: React.FC<ActionProps> = ({ resource, record, action }) => {
  const { search } = useLocation();
  const fields = resource.editProperties.filter(
    ({ isId, custom }) => !isId && (custom.only === undefined || custom.only === (record ? 'edit' : 'new')),
  );
  const [initial, setInitial] = useState(() => {
    const params = new URLSearchParams(search);
    return Object.fromEntries(
      fields.map((property) => [
        property.propertyPath,
        toFieldValue(property, record ? record.params : Object.fromEntries(params)),
      ]),
    );
  });
  const [values, setValues] = useState<Record<string, FieldValue>>(initial);
  // As the form was opened; the record itself is read again behind it.
  const [seen, setSeen] = useState(() => (record ? readSeen(record, fields) : null));
  const [created, setCreated] = useState<ActionAnswer | null>(null);
  const { translateAction } = useTranslation();
  const listPath = toListPath(resource.id);
  const navigate = useNavigate();
  const showToast = useToast();

  const getBody = () => {
    const entries = fields.flatMap((property) => {
      const path = property.propertyPath;
      const value = values[path] ?? '';
      const isUntouched = record
        ? isSame(value, initial[path])
        : value === '' || (Array.isArray(value) && value.length === 0);
      return isUntouched ? [] : [[path, fromFieldValue(property, value)]];
    });
    return Object.fromEntries(entries) as object;
  };
  /** What somebody else has changed is seen by now. What was typed here stays, the other fields follow. */
  const takeOver = (changes: SeenChange[]) => {
    const changed = Object.fromEntries(changes.map(({ field, to }) => [field, to]));
    const following = fields.filter(
      ({ propertyPath: path }) => path in changed && isSame(values[path] ?? '', initial[path]),
    );
    const follow = (before: Record<string, FieldValue>, some: typeof fields) => ({
      ...before,
      ...Object.fromEntries(some.map((property) => [property.propertyPath, toFieldValue(property, changed)])),
    });
    setSeen((before) => ({ ...before, ...changed }));
    setInitial((before) =>
      follow(
        before,
        fields.filter(({ propertyPath }) => propertyPath in changed),
      ),
    );
    setValues((before) => follow(before, following));
  };
  const { run, isPending, error } = useAction(
    () =>
      record
        ? postRecordAction(resource.id, record.id, action.name, { ...getBody(), seen })
        : createRecord(resource.id, getBody()),
    {
      onError: (error) => {
        if (error instanceof PanelError && error.details.changes) takeOver(error.details.changes);
      },
      onSuccess: (answer) => {
        if (answer.apiKey ?? answer.password) return setCreated(answer);
        showToast(answer, 'Saved.');
        const id = record?.id ?? answer.record?.id;
        navigate(id ? toRecordPath(resource.id, id) : listPath);
      },
    },
  );
  useTitle([translateAction(action.label, resource.id), record?.title].filter(Boolean).join(' '));
  const form = useFirstFieldFocus();

  const secret = created?.apiKey ?? created?.password;
  if (created && secret) {
    return (
      <SecretOnce
        secret={secret}
        what={created.apiKey ? 'key' : 'password'}
        name={created.record?.title ?? ''}
        onward={created.record?.id ? toRecordPath(resource.id, created.record.id) : listPath}
      />
    );
  }
  const isUnchanged = record !== undefined && Object.keys(getBody()).length === 0;
  return (
    <form
      ref={form}
      className="lc-card lc-form"
      noValidate={false}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isPending) run();
      }}
    >
      <div className="lc-body">
        {fields.map((property) => (
          <FormField
            key={property.propertyPath}
            property={property}
            value={values[property.propertyPath] ?? ''}
            name={record?.populated[property.propertyPath]?.title ?? null}
            onChange={(value) => setValues((before) => ({ ...before, [property.propertyPath]: value }))}
          />
        ))}
        {error && <Alert>{error}</Alert>}
      </div>
      <footer>
        <span className="lc-grow" />
        <Link className="lc-btn" to={record ? toRecordPath(resource.id, record.id) : listPath}>
          Cancel
        </Link>
        <button type="submit" className="lc-btn primary" disabled={isPending || isUnchanged}>
          {isPending ? 'Saving…' : record ? 'Save' : 'Create'}
        </button>
      </footer>
    </form>
  );
};

/** The fields that the record has; others, as a reason, are asked for in the form alone. */
function readSeen(record: RecordJSON, fields: BasePropertyJSON[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.map(({ propertyPath }) => [propertyPath, (flat.get(record.params, propertyPath) as unknown) ?? null]),
  );
}

function isSame(one: FieldValue, other: FieldValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export default Form;
