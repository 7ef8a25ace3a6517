import React from 'react';
import { howMany } from '../../lib/format.js';
import type { ImportPreview, NewVertical } from './import-api.js';

/** The verticals that a file brings into the pool: one that is only misspelt would make accounts that fit nobody. */
export const NewVerticals: React.FC<{ preview: ImportPreview }> = ({ preview }) => {
  const { newVerticals, newVerticalCount } = preview;
  if (newVerticalCount === 0) return null;
  const beyond = newVerticalCount - newVerticals.length;
  return (
    <section className="lc-card" aria-labelledby="new-verticals-title">
      <header>
        <h2 id="new-verticals-title">{howMany(newVerticalCount, 'vertical')} new to the pool</h2>
        <span className="lc-faint">misspelt? mend the file and choose it again</span>
      </header>
      <table className="lc-table lc-lines" aria-labelledby="new-verticals-title">
        <thead>
          <tr>
            <th scope="col">Vertical</th>
            <th scope="col" className="lc-num">
              Accounts
            </th>
            <th scope="col">Close to</th>
          </tr>
        </thead>
        <tbody>
          {newVerticals.map((one) => (
            <Row key={one.vertical} one={one} />
          ))}
        </tbody>
      </table>
      {beyond > 0 && (
        <footer className="lc-foot">
          <span className="lc-muted">
            {newVerticals.length.toLocaleString('en-US')} of {newVerticalCount.toLocaleString('en-US')}, those of most
            accounts first
          </span>
        </footer>
      )}
    </section>
  );
};

const Row: React.FC<{ one: NewVertical }> = ({ one: { vertical, accounts, closeTo } }) => (
  <tr>
    <td>{vertical}</td>
    <td className="lc-num">{accounts.toLocaleString('en-US')}</td>
    <td>{closeTo ?? <span className="lc-faint">nothing the pool has</span>}</td>
  </tr>
);
