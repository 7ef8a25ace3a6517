import React, { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { CopyButton } from '../../ui/elements.js';

interface SecretOnceProps {
  secret: string;
  what: 'key' | 'password' | 'link';
  /** Whose it is. */
  name: string;
  onward: string;
}

/** A new key, password or link, shown once; a checkbox keeps it from being left by mistake. */
export const SecretOnce: React.FC<SecretOnceProps> = ({ secret, what, name, onward }) => {
  const [isStored, setIsStored] = useState(false);
  const navigate = useNavigate();
  const secretBox = useRef<HTMLDivElement>(null);
  useEffect(() => secretBox.current?.querySelector('button')?.focus(), []);
  return (
    <section className="lc-card lc-form" aria-labelledby="secret-title">
      <div className="lc-body">
        <h2 id="secret-title">
          The {what} {what === 'key' ? '“' : what === 'link' ? 'for ' : 'of '}
          <bdi>{name}</bdi>
          {what === 'key' && '”'}, shown only now
        </h2>
        <p className="lc-muted">
          {what === 'link' && 'It works once, for 24 hours. '}We keep no copy of it. Share it securely; if it is lost,
          create another {what}.
        </p>
        <div ref={secretBox} className="lc-secret">
          <code>{secret}</code>
          <CopyButton text={secret} label="Copy" className="lc-btn small" />
        </div>
        <div className="lc-choices">
          <label>
            <input type="checkbox" checked={isStored} onChange={(event) => setIsStored(event.target.checked)} /> I have
            saved it
          </label>
        </div>
      </div>
      <footer>
        <span className="lc-grow" />
        <button
          type="button"
          className="lc-btn primary"
          disabled={!isStored}
          onClick={() => navigate(onward, { replace: true })}
        >
          Done
        </button>
      </footer>
    </section>
  );
};
