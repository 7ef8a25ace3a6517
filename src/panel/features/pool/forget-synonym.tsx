import React, { useState } from 'react';
import { flat, type ActionProps } from 'adminjs';
import { ActionForm } from '../../ui/action-form.js';

/** Removes a synonym of a vertical. */
const ForgetSynonym: React.FC<ActionProps> = ({ resource, record, action }) => {
  const [chosen, setChosen] = useState<string | null>(null);
  if (!record) return null;
  const synonyms = flat.get(record.params, 'synonyms') as string[] | undefined;
  return (
    <ActionForm
      resource={resource}
      record={record}
      actionName={action.name}
      title={`Remove a synonym of ${record.title}`}
      consequences={[
        'Requests for that word no longer find accounts of this vertical until it is mapped again.',
        'Existing assignments are not affected.',
      ]}
      confirm={chosen === null ? 'Remove' : `Remove “${chosen}”`}
      danger
      missing={chosen === null ? 'Which one?' : null}
      getBody={() => ({ synonym: chosen })}
    >
      <fieldset className="lc-choices">
        <legend>Word</legend>
        {(synonyms ?? []).map((synonym) => (
          <label key={synonym}>
            <input type="radio" name="synonym" checked={chosen === synonym} onChange={() => setChosen(synonym)} />{' '}
            {synonym}
          </label>
        ))}
      </fieldset>
    </ActionForm>
  );
};

export default ForgetSynonym;
