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
      title={isPartnersWord ? `What does “${record.title}” stand for?` : `Another word for ${record.title}`}
      consequences={[
        'It is remembered for every request, open or to come: accounts of the one fit those who ask for the other.',
        'Requests that waited for inventory are looked at again at once.',
      ]}
      confirm="Remember it"
      missing={getTextError('The word', word, 100)}
      getBody={() => (isPartnersWord ? { vertical: word } : { synonym: word })}
    >
      <Field
        label={isPartnersWord ? 'Vertical of the pool' : 'The partners’ word'}
        hint="Case and blanks make no difference"
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
