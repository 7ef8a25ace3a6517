import React, { useState } from 'react';
import type { ActionProps } from 'adminjs';
import { Field, textFault } from '../../ui/dialog.js';
import { DeedPage } from '../records/action-page.js';

/** What partners call a vertical of the pool, or which one a partner's word stands for. */
const VerticalWord: React.FC<ActionProps> = ({ resource, record, action }) => {
  const [word, setWord] = useState('');
  if (!record) return null;
  const isPartners = action.name === 'standFor';
  const label = isPartners ? 'Vertical of the pool' : 'The partners’ word';
  return (
    <DeedPage
      resource={resource}
      record={record}
      deed={action.name}
      title={isPartners ? `What does “${record.title}” stand for?` : `Another word for ${record.title}`}
      consequences={[
        'It is remembered for every request, open or to come: accounts of the one fit those who ask for the other.',
        'Requests that waited for inventory are looked at again at once.',
      ]}
      confirm="Remember it"
      missing={textFault('The word', word, 100)}
      body={() => (isPartners ? { vertical: word } : { synonym: word })}
    >
      <Field label={label} hint="Case and blanks make no difference">
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
    </DeedPage>
  );
};

export default VerticalWord;
