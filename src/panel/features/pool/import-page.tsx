import React, { useEffect, useRef, useState } from 'react';
import { useSelector } from 'react-redux';
import { Link } from 'react-router-dom';
import type { ActionProps, ReduxState } from 'adminjs';
import { Alert, useTitle } from '../../ui/elements.js';
import { howMany } from '../../lib/format.js';
import { LARGEST_FILE, previewFile, readRun, startImport, type ImportPreview } from './import-api.js';
import { PreviewCard, Rejected } from './import-preview.js';

/** Where one is between choosing a file and seeing what became of it. */
type Step =
  | { at: 'choose' }
  | { at: 'working'; what: string; part: number | null }
  | { at: 'preview'; file: File; preview: ImportPreview }
  | { at: 'done'; report: ImportPreview };

/** A CSV of accounts: chosen, looked at, confirmed, followed. Nothing is written before it is confirmed. */
const ImportPage: React.FC<ActionProps> = () => {
  useTitle('Import accounts');
  const { rootPath } = useSelector((state: ReduxState) => state.paths);
  const poolPath = `${rootPath}/resources/social-accounts`;
  const [step, setStep] = useState<Step>({ at: 'choose' });
  const [fault, setFault] = useState<string | null>(null);
  const shown = useRef(true);
  const busy = useRef(false);
  useEffect(() => () => void (shown.current = false), []);

  const tell = (next: Step) => shown.current && setStep(next);
  const look = async (file: File, because: string | null = null) => {
    if (busy.current) return;
    if (file.size > LARGEST_FILE) return setFault('The file is larger than 20 MiB. Split it and import the parts.');
    busy.current = true;
    setFault(because);
    tell({ at: 'working', what: `Sending ${file.name}`, part: 0 });
    try {
      const preview = await previewFile(file, (part) =>
        tell({
          at: 'working',
          what: part < 1 ? `Sending ${file.name}` : 'Judging each line',
          part: part < 1 ? part : null,
        }),
      );
      tell({ at: 'preview', file, preview });
    } catch (error) {
      setFault((error as Error).message);
      tell({ at: 'choose' });
    }
    busy.current = false;
  };
  const confirm = async (file: File, preview: ImportPreview) => {
    if (busy.current) return;
    busy.current = true;
    setFault(null);
    try {
      tell({ at: 'working', what: `Sending ${file.name}`, part: 0 });
      const { importId } = await startImport(file, preview.digest, (part) =>
        tell({ at: 'working', what: `Sending ${file.name}`, part }),
      );
      const run = await followed(importId, (written, total) =>
        tell({
          at: 'working',
          what:
            total === 0
              ? 'Reading the file'
              : `${written.toLocaleString('en-US')} of ${howMany(total, 'account')} written`,
          part: total === 0 ? null : written / total,
        }),
      );
      busy.current = false;
      if (run.status === 'done' && run.report) return tell({ at: 'done', report: run.report });
      if (run.stale) return void look(file, run.sentence);
      setFault(run.sentence);
      tell({ at: 'preview', file, preview });
    } catch (error) {
      busy.current = false;
      setFault((error as Error).message);
      tell({ at: 'preview', file, preview });
    }
  };

  return (
    <div className="lc-stack lc-import" aria-live="polite">
      {fault && <Alert onClose={() => setFault(null)}>{fault}</Alert>}
      {step.at === 'choose' && <Choose onFile={(file) => void look(file)} />}
      {step.at === 'working' && <Working what={step.what} part={step.part} />}
      {step.at === 'preview' && (
        <PreviewCard
          file={step.file}
          preview={step.preview}
          onConfirm={() => void confirm(step.file, step.preview)}
          onAgain={() => {
            setFault(null);
            setStep({ at: 'choose' });
          }}
        />
      )}
      {step.at === 'done' && (
        <section className="lc-card" aria-labelledby="import-done">
          <div className="lc-body">
            <h2 id="import-done">
              Imported: {howMany(step.report.created, 'new account')},{' '}
              {howMany(step.report.updated, 'changed one', 'changed ones')}.
            </h2>
            <p className="lc-muted">
              {step.report.unchanged > 0 &&
                `${howMany(step.report.unchanged, 'account was', 'accounts were')} as in the file already. `}
              {step.report.newVerticalCount > 0 &&
                `${howMany(step.report.newVerticalCount, 'vertical')} came new into the pool. `}
              {step.report.rejectedCount > 0 &&
                `${howMany(step.report.rejectedCount, 'line was', 'lines were')} left out; mend and import ${step.report.rejectedCount === 1 ? 'it' : 'them'} again.`}
            </p>
            <p className="lc-row lc-import-next">
              <Link className="lc-btn primary" to={poolPath}>
                To the pool
              </Link>
              <button type="button" className="lc-btn" onClick={() => setStep({ at: 'choose' })}>
                Import another file
              </button>
            </p>
          </div>
        </section>
      )}
      {step.at === 'done' && <Rejected preview={step.report} />}
    </div>
  );
};

const LOOK_EVERY_MS = 500;
const PATIENCE_MS = 120_000;

/** Goes on looking while the service starts anew: an import that it interrupted says so then. */
async function followed(importId: string, onProgress: (written: number, total: number) => void) {
  for (let seenAt = Date.now(); ;) {
    const run = await readRun(importId);
    if (run) {
      seenAt = Date.now();
      if (run.status !== 'running') return run;
      onProgress(run.written, run.total);
    } else if (Date.now() - seenAt > PATIENCE_MS) {
      throw new Error('The service cannot be reached, so it is not known what became of the import. Look at the pool.');
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

const Choose: React.FC<{ onFile: (file: File) => void }> = ({ onFile }) => {
  const [over, setOver] = useState(false);
  return (
    <section
      className={`lc-card lc-drop ${over ? 'on' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer.files[0];
        if (file) onFile(file);
      }}
    >
      <h2>Choose a CSV of accounts</h2>
      <p className="lc-muted">
        You see what it would do first; nothing is written before you confirm. Up to 20 MiB, 100,000 lines and more.
      </p>
      <label className="lc-btn primary lc-file">
        Choose a file…
        <input
          type="file"
          accept=".csv,text/csv"
          className="lc-unseen"
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
        <dd>are changed, all others are new. A leased account keeps its status.</dd>
        <dt>status</dt>
        <dd>may be left out: new accounts are available then, known ones keep theirs.</dd>
      </dl>
    </section>
  );
};

const Working: React.FC<{ what: string; part: number | null }> = ({ what, part }) => (
  <section className="lc-card" aria-busy="true">
    <div className="lc-body">
      <h2>{what}…</h2>
      <progress className="lc-progress-bar" aria-label={what} max={1} value={part ?? undefined} />
      <p className="lc-faint">An import is written as a whole or not at all; you may leave this page meanwhile.</p>
    </div>
  </section>
);

export default ImportPage;
