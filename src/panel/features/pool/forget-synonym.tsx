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
      title={`Forget a word for ${record.title}`}
      consequences={[
        'Requests that ask for that word find no accounts of this vertical any more, until it is mapped again.',
        'What is assigned already stays.',
      ]}
      confirm={chosen === null ? 'Forget it' : `Forget “${chosen}”`}
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
