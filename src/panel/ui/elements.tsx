import React, { useEffect, useState, type ReactNode } from 'react';
import type { Tone } from '../lib/format.js';

export const Chip: React.FC<{ tone?: Tone; title?: string; children: ReactNode }> = ({
  tone = '',
  title,
  children,
}) => (
  <span className={`lc-chip ${tone}`} title={title}>
    {children}
  </span>
);

/** How much of something is done, for the eye only: the number stands beside it. */
export const Bar: React.FC<{ part: number; whole: number; wide?: boolean }> = ({ part, whole, wide }) => (
  <div className={`lc-bar ${wide ? 'wide' : ''}`} aria-hidden="true">
    <i style={{ width: `${whole === 0 ? 0 : Math.min(100, (part / whole) * 100)}%` }} />
  </div>
);

export const Card: React.FC<{
  title: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
  bare?: boolean;
}> = ({ title, aside, children, className = '', bare }) => (
  <section className={`lc-card ${className}`}>
    <header>
      <h2>{title}</h2>
      <span className="lc-grow" />
      {aside}
    </header>
    {bare ? children : <div className="lc-body">{children}</div>}
  </section>
);

/** A refusal or a fault, told beside what caused it and read out at once. */
export const Alert: React.FC<{ children: ReactNode; onClose?: () => void }> = ({ children, onClose }) => (
  <div className="lc-alert" role="alert">
    <span aria-hidden="true">▲</span>
    <div className="lc-grow">{children}</div>
    {onClose && (
      <button type="button" className="lc-link" onClick={onClose} aria-label="Dismiss this message">
        Dismiss
      </button>
    )}
  </div>
);

/** Puts a text on the clipboard and says so. */
export const CopyButton: React.FC<{ text: string; label?: string; className?: string }> = (props) => {
  const { text, label = 'copy', className = 'lc-link' } = props;
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className={className}
      aria-label={copied ? 'Copied' : `Copy ${text}`}
      onClick={(event) => {
        event.stopPropagation();
        void copyText(text).then(setCopied);
      }}
    >
      {copied ? 'copied ✓' : label}
    </button>
  );
};

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Browsers give no clipboard to pages served by plain HTTP from another machine. */
function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  (document.querySelector('dialog[open]') ?? document.body).append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
}

/** An action that may be out of reach: it can still be focused, and says why it does nothing. */
export const ActionButton: React.FC<{
  onClick: () => void;
  children: ReactNode;
  unavailable?: string | null;
  busy?: boolean;
  className?: string;
}> = ({ onClick, children, unavailable, busy, className = '' }) => (
  <button
    type="button"
    className={`lc-btn ${className}`}
    aria-disabled={unavailable || busy ? true : undefined}
    data-tip={unavailable ?? undefined}
    onClick={() => {
      if (!unavailable && !busy) onClick();
    }}
  >
    {children}
    {unavailable && <span className="lc-unseen"> ({unavailable})</span>}
  </button>
);

/** The keys that work on this page, at its foot. */
export const KeysBar: React.FC<{
  keys: [keys: string[], what: string][];
  aside?: ReactNode;
  className?: string;
}> = ({ keys, aside, className = 'lc-keys' }) => (
  <footer className={className} aria-label="Keys that work here">
    {keys.map(([names, what]) => (
      <span key={what}>
        {names.map((name) => (
          <kbd key={name}>{name}</kbd>
        ))}
        {what}
      </span>
    ))}
    <span className="lc-grow" />
    {aside && <span>{aside}</span>}
  </footer>
);

/** Grey lines in the shape of what is coming. */
export const Loading: React.FC<{ lines?: number; what: string }> = ({ lines = 6, what }) => (
  <div className="lc-loading" role="status" aria-label={`Loading ${what}`}>
    {Array.from({ length: lines }, (_, line) => (
      <i key={line} style={{ width: `${88 - ((line * 23) % 40)}%` }} />
    ))}
  </div>
);

/** Nothing there, said in words, with what one could do about it. */
export const Empty: React.FC<{ title: string; children?: ReactNode }> = ({ title, children }) => (
  <div className="lc-empty">
    <b>{title}</b>
    {children && <div>{children}</div>}
  </div>
);

/** Sets the browser tab's title while a page shows. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Lease console`;
  }, [title]);
}
