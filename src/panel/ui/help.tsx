import React, { useEffect, useId, useRef } from 'react';

export type KeyHelp = [keys: string[], what: string];

/** Every key of a page, over it; Esc or another `?` closes it. */
export const HelpOverlay: React.FC<{ keys: KeyHelp[]; onClose: () => void }> = ({ keys, onClose }) => {
  const box = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opener = document.activeElement;
    box.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      className="lc-dialog lc-help"
      aria-labelledby={titleId}
      onClose={onClose}
      onKeyDown={(event) => {
        if (event.key !== '?') return;
        // The page opens it by the same key.
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={titleId}>Keys that work here</h2>
      <dl>
        {keys.map(([names, what]) => (
          <React.Fragment key={what}>
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </React.Fragment>
        ))}
      </dl>
      <div className="lc-dialog-foot">
        <span className="lc-grow" />
        <button type="button" className="lc-btn" onClick={onClose}>
          Close
        </button>
      </div>
    </dialog>
  );
};
