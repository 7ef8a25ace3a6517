import React, { useState } from 'react';
import { howMany } from '../../lib/format.js';
import type { ImportPreview } from './import-api.js';
import { NewVerticals } from './new-verticals.js';

interface PreviewCardProps {
  file: File;
  preview: ImportPreview;
  onConfirm: () => void;
  onAgain: () => void;
}

/** What a file would do, in figures, with the one button that does it. */
export const PreviewCard: React.FC<PreviewCardProps> = ({ file, preview, onConfirm, onAgain }) => {
  const { created, updated, unchanged, statusKept, rejectedCount } = preview;
  const changes = created + updated;
  return (
    <>
      <section className="lc-card" aria-labelledby="preview-title">
        <header>
          <h2 id="preview-title">What {file.name} would do</h2>
          <span className="lc-grow" />
          <span className="lc-faint">nothing is written yet</span>
        </header>
        <div className="lc-body lc-figures">
          <Figure count={created} what="new" />
          <Figure count={updated} what="changed" />
          <Figure count={unchanged} what="already as in the file" />
          <Figure count={rejectedCount} what="left out" bad={rejectedCount > 0} />
        </div>
        {statusKept > 0 && (
          <p className="lc-body lc-muted">
            {howMany(statusKept, 'account')} {statusKept === 1 ? 'is' : 'are'} leased and would keep{' '}
            {statusKept === 1 ? 'its' : 'their'} status.
          </p>
        )}
        <footer className="lc-foot">
          {changes === 0 && <span className="lc-faint">There is nothing to write.</span>}
          <span className="lc-grow" />
          <button type="button" className="lc-btn" onClick={onAgain}>
            Choose another file
          </button>
          <button type="button" className="lc-btn primary" disabled={changes === 0} onClick={onConfirm}>
            {confirmWords(created, updated)}
          </button>
        </footer>
      </section>
      <NewVerticals preview={preview} />
      <Rejected preview={preview} />
    </>
  );
};

function confirmWords(created: number, updated: number): string {
  const parts = [
    created > 0 ? `add ${created.toLocaleString('en-US')}` : null,
    updated > 0 ? `change ${updated.toLocaleString('en-US')}` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'Import' : `Import: ${parts.join(', ')}`;
}

const Figure: React.FC<{ count: number; what: string; bad?: boolean }> = ({ count, what, bad }) => (
  <div>
    <div className={`lc-big ${bad ? 'lc-bad' : ''}`}>{count.toLocaleString('en-US')}</div>
    <div className="lc-muted">{what}</div>
  </div>
);

const STEP = 200;

/** The lines that are left out, each with its number and reason. */
export const Rejected: React.FC<{ preview: ImportPreview }> = ({ preview }) => {
  const [most, setMost] = useState(STEP);
  const { rejected, rejectedCount } = preview;
  if (rejectedCount === 0) return null;
  const shown = rejected.slice(0, most);
  const beyond = rejectedCount - rejected.length;
  return (
    <section className="lc-card" aria-labelledby="rejected-title">
      <header>
        <h2 id="rejected-title">{howMany(rejectedCount, 'line')} left out</h2>
        <span className="lc-faint">as the file numbers them; line 1 is the header</span>
      </header>
      <table className="lc-table lc-lines" aria-labelledby="rejected-title">
        <thead>
          <tr>
            <th scope="col" className="lc-num">
              Line
            </th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ line, reason }, index) => (
            <tr key={index}>
              <td className="lc-num">{line.toLocaleString('en-US')}</td>
              <td className="lc-prose">{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {(rejected.length > shown.length || beyond > 0) && (
        <footer className="lc-foot">
          <span className="lc-muted">
            {shown.length.toLocaleString('en-US')} of {rejectedCount.toLocaleString('en-US')}
          </span>
          {rejected.length > shown.length ? (
            <button type="button" className="lc-link" onClick={() => setMost(most + 5 * STEP)}>
              Show more
            </button>
          ) : (
            <span className="lc-faint">Mend these first; the others show on the next try.</span>
          )}
        </footer>
      )}
    </section>
  );
};
