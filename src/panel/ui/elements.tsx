import React, { useEffect, useState, type ReactNode } from 'react';
import type { Tone } from '../lib/format.js';
import { signedOut } from '../lib/http.js';
import { toSignInPath } from '../lib/paths.js';

export const Chip: React.FC<{ tone?: Tone; title?: string; children: ReactNode }> = ({
  tone = '',
  title,
  children,
}) => (
  <span className={`lc-chip ${tone}`} title={title}>
    {children}
  </span>
);

/** For the eye only: the number stands beside it. */
export const ProgressBar: React.FC<{ part: number; whole: number; wide?: boolean }> = ({ part, whole, wide }) => (
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

/** What the panel says; where that is to sign in again, with the link. */
export const Message: React.FC<{ text: string }> = ({ text }) => {
  const [before, after] = text.split(signedOut);
  if (after === undefined) return <>{text}</>;
  return (
    <>
      {before}
      {signedOut}{' '}
      <a className="lc-link" href={toSignInPath(window.location)} target="_blank" rel="noreferrer">
        Sign in
      </a>{' '}
      {after}
    </>
  );
};

/** An error beside what caused it, read out at once. */
export const Alert: React.FC<{ children: ReactNode; onClose?: () => void }> = ({ children, onClose }) => (
  <div className="lc-alert" role="alert">
    <span aria-hidden="true">▲</span>
    <div className="lc-grow">{typeof children === 'string' ? <Message text={children} /> : children}</div>
    {onClose && (
      <button type="button" className="lc-link" onClick={onClose} aria-label="Dismiss this message">
        Dismiss
      </button>
    )}
  </div>
);

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

/** A button that stays focusable while it is disabled, and says why. */
export const ActionButton: React.FC<{
  onClick: () => void;
  children: ReactNode;
  disabledReason?: string | null;
  busy?: boolean;
  className?: string;
}> = ({ onClick, children, disabledReason, busy, className = '' }) => (
  <button
    type="button"
    className={`lc-btn ${className}`}
    aria-disabled={disabledReason || busy ? true : undefined}
    data-tip={disabledReason ?? undefined}
    onClick={() => {
      if (!disabledReason && !busy) onClick();
    }}
  >
    {children}
    {disabledReason && <span className="lc-visually-hidden"> ({disabledReason})</span>}
  </button>
);
