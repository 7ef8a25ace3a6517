import React, { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router-dom';
import type { ActionProps } from 'adminjs';
import { formatCount, formatNumber } from '../../lib/format.js';
import { toListPath } from '../../lib/paths.js';
import { useAction } from '../../lib/use-action.js';
import { useTitle } from '../../lib/use-title.js';
import { Alert } from '../../ui/elements.js';
import { MAX_FILE_BYTES, previewImport, startImport, waitForImport } from './import-accounts.js';
import { PreviewCard, RejectedLines } from './import-preview.js';
import type { ImportPreview, ImportRun } from './types.js';

/** What is being done; the share is null where it is not known. */
interface Progress {
  what: string;
  share: number | null;
}

/** The step between choosing a file and reading the report. */
type Step =
  | { kind: 'choose' }
  | { kind: 'preview'; file: File; preview: ImportPreview }
  | { kind: 'done'; file: File; report: ImportPreview };

/** Imports accounts from a CSV file. Nothing is written before the preview is confirmed. */
const ImportPage: React.FC<ActionProps> = () => {
  useTitle('Import accounts');
  const [step, setStep] = useState<Step>({ kind: 'choose' });
  const [error, setError] = useState<string | null>(null);
  const { progress, preview, confirm } = useImport(setStep, setError);
  const chooseFile = (file: File) => {
    if (file.size > MAX_FILE_BYTES) return setError('The file is larger than 20 MiB. Split it and import the parts.');
    setError(null);
    preview(file);
  };
  const startOver = () => {
    setError(null);
    setStep({ kind: 'choose' });
  };

  return (
    <div className="lc-stack lc-import" aria-live="polite">
      {error && <Alert onClose={() => setError(null)}>{error}</Alert>}
      {progress && <ProgressCard {...progress} />}
      {!progress && step.kind === 'choose' && <FileChoice onFile={chooseFile} />}
      {!progress && step.kind === 'preview' && (
        <PreviewCard
          file={step.file}
          preview={step.preview}
          onConfirm={() => {
            setError(null);
            confirm({ file: step.file, preview: step.preview });
          }}
          onCancel={startOver}
        />
      )}
      {!progress && step.kind === 'done' && (
        <>
          <ReportCard report={step.report} onAgain={startOver} />
          <RejectedLines file={step.file} preview={step.report} />
        </>
      )}
    </div>
  );
};

function useImport(setStep: (step: Step) => void, setError: (message: string | null) => void) {
  const queryClient = useQueryClient();
  const [progress, setProgress] = useState<Progress | null>(null);

  const preview = useAction(async (file: File) => {
    const sending = `Sending ${file.name}`;
    setProgress({ what: sending, share: 0 });
    try {
      const answer = await previewImport(file, (share) =>
        setProgress(share < 1 ? { what: sending, share } : { what: 'Checking each line', share: null }),
      );
      setStep({ kind: 'preview', file, preview: answer });
    } catch (failure) {
      setError((failure as Error).message);
      setStep({ kind: 'choose' });
    } finally {
      setProgress(null);
    }
  });

  const confirm = useAction(
    async ({ file, preview: { digest } }: { file: File; preview: ImportPreview }) => {
      const what = `Sending ${file.name}`;
      setProgress({ what, share: 0 });
      try {
        const { importId } = await startImport(file, digest, (share) => setProgress({ what, share }));
        const run = await waitForImport(queryClient, importId, (now) => setProgress(toProgress(now)));
        if (run.status === 'done' && run.report) setStep({ kind: 'done', file, report: run.report });
        else setError(run.sentence);
        return { isStale: run.stale, file };
      } catch (failure) {
        setError((failure as Error).message);
        return { isStale: false, file };
      } finally {
        setProgress(null);
      }
    },
    { onSuccess: ({ isStale, file }) => isStale && preview.run(file) },
  );
  return { progress, preview: preview.run, confirm: confirm.run };
}

function toProgress({ written, total }: ImportRun): Progress {
  if (total === 0) return { what: 'Reading the file', share: null };
  return { what: `${formatNumber(written)} of ${formatCount(total, 'account')} written`, share: written / total };
}

const FileChoice: React.FC<{ onFile: (file: File) => void }> = ({ onFile }) => {
  const [isOver, setIsOver] = useState(false);
  return (
    <section
      className={`lc-card lc-drop ${isOver ? 'on' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        const file = event.dataTransfer.files[0];
        if (file) onFile(file);
      }}
    >
      <h2>Choose a CSV of accounts</h2>
      <p className="lc-muted">
        You see a preview first; nothing is written until you confirm. Up to 20 MiB, 100,000 lines and more.
      </p>
      <label className="lc-btn primary lc-file">
        Choose a file…
        <input
          type="file"
          accept=".csv,text/csv"
          className="lc-visually-hidden"
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = '';
            if (file) onFile(file);
          }}
        />
      </label>
      <p className="lc-faint">or drop it here</p>
      <dl className="lc-facts wide">
        <dt>First line</dt>
        <dd>
          <code>handle,followers,vertical,language,geo,status</code>
        </dd>
        <dt>Several values</dt>
        <dd>
          <code>coffee|home brewing</code>, <code>US|CA</code>
        </dd>
        <dt>Known handles</dt>
        <dd>are updated, all others are added. Leased accounts keep their status.</dd>
        <dt>status</dt>
        <dd>is optional: new accounts are then available, known ones keep theirs.</dd>
        <dt>An exported pool</dt>
        <dd>
          can be imported as it is. Semicolons or tabs instead of commas need <code>sep=;</code> as the first line.
        </dd>
      </dl>
    </section>
  );
};

const ProgressCard: React.FC<Progress> = ({ what, share }) => (
  <section className="lc-card" aria-busy="true">
    <div className="lc-body">
      <h2>{what}…</h2>
      <progress className="lc-progress-bar" aria-label={what} max={1} value={share ?? undefined} />
      <p className="lc-faint">An import is written as a whole or not at all; you can leave this page meanwhile.</p>
    </div>
  </section>
);

const ReportCard: React.FC<{ report: ImportPreview; onAgain: () => void }> = ({ report, onAgain }) => {
  const { created, updated, unchanged, newVerticalCount, rejectedCount } = report;
  return (
    <section className="lc-card" aria-labelledby="import-done">
      <div className="lc-body">
        <h2 id="import-done">
          Imported: {formatCount(created, 'new account')}, {formatCount(updated, 'changed one', 'changed ones')}.
        </h2>
        <p className="lc-muted">
          {unchanged > 0 && `${formatCount(unchanged, 'account was', 'accounts were')} unchanged. `}
          {newVerticalCount > 0 && `${formatCount(newVerticalCount, 'new vertical')} added to the pool. `}
          {rejectedCount > 0 &&
            `${formatCount(rejectedCount, 'line was', 'lines were')} left out; download, fix and import ${rejectedCount === 1 ? 'it' : 'them'} again.`}
        </p>
        <p className="lc-row lc-import-next">
          <Link className="lc-btn primary" to={toListPath('social-accounts')}>
            To the pool
          </Link>
          <button type="button" className="lc-btn" onClick={onAgain}>
            Import another file
          </button>
        </p>
      </div>
    </section>
  );
};

export default ImportPage;
