import React, { useEffect, useId, useRef, type ReactNode } from 'react';
import { isComposing } from '../lib/composing.js';

interface ModalBoxProps {
  title: string;
  onClose: () => void;
  /** False while it has to stay open. */
  canClose?: boolean;
  className?: string;
  /** A key besides Esc that closes it. */
  closeKey?: string;
  /** What gets the focus when it opens; the browser chooses otherwise. */
  focusFirst?: (box: HTMLDialogElement) => HTMLElement | null | undefined;
  /** Whether its title is read out alone. */
  hidesTitle?: boolean;
  /** Whether a click beside it closes it. */
  closesOutside?: boolean;
  /** False where what follows has the focus already. */
  restoresFocus?: () => boolean;
  children: ReactNode;
}

/** The browser's own modal dialog: it holds the focus, closes by Esc, and gives the focus back. */
export const ModalBox: React.FC<ModalBoxProps> = (props) => {
  const { title, onClose, canClose = true, className = '', closeKey, hidesTitle, closesOutside, children } = props;
  const box = useRef<HTMLDialogElement>(null);
  const atOpening = useRef(props);
  const titleId = useId();

  useEffect(() => {
    const { focusFirst, restoresFocus } = atOpening.current;
    const opener = document.activeElement;
    const dialog = box.current!;
    dialog.showModal();
    focusFirst?.(dialog)?.focus();
    return () => {
      const restores = restoresFocus?.() ?? true;
      if (restores && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);

  useEffect(() => {
    const dialog = box.current!;
    const onKeyDown = (event: KeyboardEvent) => {
      if (isComposing(event)) return;
      if (event.key === 'Escape' && isSearchField(event.target)) {
        // The browser would only empty the field.
        event.preventDefault();
        event.stopPropagation();
        if (canClose) onClose();
      } else if (event.key === closeKey) {
        // The page opens it by the same key.
        event.preventDefault();
        onClose();
      }
    };
    const onClick = (event: MouseEvent) => {
      if (closesOutside && event.target === dialog) onClose();
    };
    dialog.addEventListener('keydown', onKeyDown);
    dialog.addEventListener('click', onClick);
    return () => {
      dialog.removeEventListener('keydown', onKeyDown);
      dialog.removeEventListener('click', onClick);
    };
  }, [canClose, closeKey, closesOutside, onClose]);

  return (
    <dialog
      ref={box}
      className={`lc-dialog ${className}`}
      aria-labelledby={hidesTitle ? undefined : titleId}
      aria-label={hidesTitle ? title : undefined}
      onCancel={(event) => {
        event.preventDefault();
        if (canClose) onClose();
      }}
      onClose={onClose}
    >
      {!hidesTitle && <h2 id={titleId}>{title}</h2>}
      {children}
    </dialog>
  );
};

function isSearchField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === 'search';
}
