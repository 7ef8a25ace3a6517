import React, { useState } from 'react';
import { formatCount, formatNumber } from '../../lib/format.js';
import { DataTable } from '../../ui/data-table.js';
import { Alert } from '../../ui/elements.js';
import { useAction } from '../../lib/use-action.js';
import { downloadRejected } from './import-accounts.js';
import { NewVerticals } from './new-verticals.js';
import type { ImportPreview } from './types.js';

interface PreviewCardProps {
  file: File;
  preview: ImportPreview;
  onConfirm: () => void;
  onCancel: () => void;
}

/** What a file would do, in figures, and the button that does it. */
export const PreviewCard: React.FC<PreviewCardProps> = ({ file, preview, onConfirm, onCancel }) => {
  const { created, updated, unchanged, statusKept, rejectedCount } = preview;
  const isEmpty = created + updated === 0;
  return (
    <>
      <section className="lc-card" aria-labelledby="preview-title">
        <header>
          <h2 id="preview-title">
            What <bdi>{file.name}</bdi> would do
          </h2>
          <span className="lc-grow" />
          <span className="lc-faint">nothing is written yet</span>
        </header>
        <div className="lc-body lc-figures">
          <Figure count={created} label="new" />
          <Figure count={updated} label="changed" />
          <Figure count={unchanged} label="unchanged" />
          <Figure count={rejectedCount} label="left out" bad={rejectedCount > 0} />
        </div>
        {statusKept > 0 && (
          <p className="lc-body lc-muted">
            {formatCount(statusKept, 'account')} {statusKept === 1 ? 'is' : 'are'} leased and would keep{' '}
            {statusKept === 1 ? 'its' : 'their'} status.
          </p>
        )}
        <footer className="lc-foot">
          {isEmpty && <span className="lc-faint">Nothing would change.</span>}
          <span className="lc-grow" />
          <button type="button" className="lc-btn" onClick={onCancel}>
            Choose another file
          </button>
          <button type="button" className="lc-btn primary" disabled={isEmpty} onClick={onConfirm}>
            {getConfirmLabel(created, updated)}
          </button>
        </footer>
      </section>
      <NewVerticals preview={preview} />
      <RejectedLines file={file} preview={preview} />
    </>
  );
};

function getConfirmLabel(created: number, updated: number): string {
  const parts = [
    created > 0 ? `add ${formatNumber(created)}` : null,
    updated > 0 ? `change ${formatNumber(updated)}` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'Import' : `Import: ${parts.join(', ')}`;
}

const Figure: React.FC<{ count: number; label: string; bad?: boolean }> = ({ count, label, bad }) => (
  <div>
    <div className={`lc-big ${bad ? 'lc-bad' : ''}`}>{formatNumber(count)}</div>
    <div className="lc-muted">{label}</div>
  </div>
);

const SHOWN_AT_FIRST = 200;
const SHOWN_MORE = 1_000;

interface RejectedLinesProps {
  file: File;
  preview: ImportPreview;
}

/** The lines that are left out, each with its number and reason. */
export const RejectedLines: React.FC<RejectedLinesProps> = ({ file, preview: { rejected, rejectedCount } }) => {
  const [limit, setLimit] = useState(SHOWN_AT_FIRST);
  const download = useAction(downloadRejected);
  if (rejectedCount === 0) return null;
  const shown = rejected.slice(0, limit);
  const title = `${formatCount(rejectedCount, 'line')} left out`;
  return (
    <section className="lc-card" aria-labelledby="rejected-title">
      <header>
        <h2 id="rejected-title">{title}</h2>
        <span className="lc-faint">as the file numbers them</span>
        <span className="lc-grow" />
        <button type="button" className="lc-btn small" onClick={() => download.run(file)}>
          Download them to fix
        </button>
      </header>
      {download.error && <Alert>{download.error}</Alert>}
      <DataTable
        label={title}
        className="lc-lines"
        scrolls={false}
        rows={shown}
        getRowKey={(_line, index) => index}
        columns={[
          { id: 'line', header: 'Line', isNumber: true, cell: ({ line }) => formatNumber(line) },
          { id: 'reason', header: 'Why', cellClassName: 'lc-prose', cell: ({ reason }) => reason },
        ]}
      />
      {shown.length < rejectedCount && (
        <footer className="lc-foot">
          <span className="lc-muted">
            {formatNumber(shown.length)} of {formatNumber(rejectedCount)}
          </span>
          {rejected.length > shown.length ? (
            <button type="button" className="lc-link" onClick={() => setLimit(limit + SHOWN_MORE)}>
              Show more
            </button>
          ) : (
            <span className="lc-faint">The download has all of them.</span>
          )}
        </footer>
      )}
    </section>
  );
};
