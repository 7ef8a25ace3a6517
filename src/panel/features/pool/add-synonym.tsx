import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { ActionForm } from '../../ui/action-form.js';
import { Field, getTextError } from '../../ui/fields.js';

/** Maps a partners' word to a vertical of the pool, from either side: `addSynonym` from the vertical, `standFor` from the word. */
const AddSynonym: React.FC<ActionProps> = ({ resource, record, action }) => {
  const [word, setWord] = useState('');
  if (!record) return null;
  const isPartnersWord = action.name === 'standFor';
  return (
    <ActionForm
      resource={resource}
      record={record}
      actionName={action.name}
      title={isPartnersWord ? `What does “${record.title}” mean?` : `Add a synonym for ${record.title}`}
      consequences={[
        'It applies to every request, open or future: accounts of one fit requests for the other.',
        'Requests blocked for inventory are checked again immediately.',
      ]}
      confirm="Add synonym"
      missing={getTextError('The word', word, 100)}
      getBody={() => (isPartnersWord ? { vertical: word } : { synonym: word })}
    >
      <Field
        label={isPartnersWord ? 'Vertical of the pool' : 'The partner’s word'}
        hint="Case and spaces do not matter"
      >
        {(id) => (
          <input
            id={id}
            className="lc-input"
            autoComplete="off"
            maxLength={100}
            value={word}
            onChange={(event) => setWord(event.target.value)}
          />
        )}
      </Field>
    </ActionForm>
  );
};

export default AddSynonym;
