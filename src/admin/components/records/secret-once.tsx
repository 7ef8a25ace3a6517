import React, { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { CopyButton } from '../kit/parts.js';

/** A new key's secret: shown this once, and not left by mistake. */
export const SecretOnce: React.FC<{ secret: string; name: string; onward: string }> = ({ secret, name, onward }) => {
  const [kept, setKept] = useState(false);
  const navigate = useNavigate();
  return (
    <section className="lc-card lc-form" aria-labelledby="secret-title">
      <div className="lc-body">
        <h2 id="secret-title">{name} is made. This is its secret, shown only now.</h2>
        <p className="lc-muted">We keep no copy of it. Pass it to the partner by a safe way; if it is lost, make another key.</p>
        <div className="lc-secret">
          <code>{secret}</code>
          <CopyButton text={secret} label="Copy" className="lc-btn small" />
        </div>
        <div className="lc-choices">
          <label>
            <input type="checkbox" checked={kept} onChange={(event) => setKept(event.target.checked)} /> I have kept it
          </label>
        </div>
      </div>
      <footer>
        <span className="lc-grow" />
        <button type="button" className="lc-btn primary" disabled={!kept} onClick={() => navigate(onward, { replace: true })}>
          Done
        </button>
      </footer>
    </section>
  );
};
