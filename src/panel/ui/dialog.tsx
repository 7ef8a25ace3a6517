import React, { type ReactNode } from 'react';
import type { ActionAnswer } from '../lib/actions.js';
import { useAction } from '../lib/use-action.js';
import { Alert } from './elements.js';
import { ModalBox } from './modal-box.js';
import { useToast } from './toasts.js';

interface DialogProps {
  title: string;
  /** The confirming button names the action and its figures, for example `Close with 2 of 5`. */
  confirm: string;
  /** It moves money for which nothing offers *Undo*, or cannot be undone: Enter alone does not confirm it. */
  danger?: boolean;
  withoutCancel?: boolean;
  /** Whether its error also tells what was done, and so stays when a field changes. */
  keepsError?: boolean;
  /** Why it cannot be confirmed yet; null when it can. */
  missing?: string | null;
  /** Sends the action; what its answer says is told by a toast. Its error is shown, and the dialog stays open with everything that was typed. */
  onConfirm?: () => Promise<unknown>;
  /** In place of `onConfirm` where there is nothing to wait for: the dialog closes at once. */
  onAccept?: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** A question before an action. It closes once the page shows what the action changed. */
export const Dialog: React.FC<DialogProps> = (props) => {
  const { title, confirm, danger, withoutCancel, keepsError, missing, onConfirm, onAccept, onClose, children } = props;
  const showToast = useToast();
  const { run, isPending, error, clearError } = useAction(async () => onConfirm?.(), {
    onSuccess: (answer) => {
      if (hasNotice(answer)) showToast(answer);
    },
    onRefreshed: onClose,
  });
  const submit = () => {
    if (missing || isPending) return;
    if (!onAccept) return run();
    onClose();
    onAccept();
  };
  return (
    <ModalBox title={title} canClose={!isPending} focusFirst={findFirstField} onClose={onClose}>
      <form
        onChange={keepsError ? undefined : clearError}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {children}
        {error && <Alert>{error}</Alert>}
        <div className="lc-dialog-foot">
          {missing && <span className="lc-faint">{missing}</span>}
          <span className="lc-grow" />
          {!withoutCancel && (
            <button type="button" className="lc-btn" onClick={onClose} disabled={isPending}>
              Cancel
            </button>
          )}
          <button
            type="submit"
            className={`lc-btn primary ${danger ? 'danger' : ''}`}
            disabled={isPending || Boolean(missing)}
          >
            {isPending ? 'One moment…' : confirm}
          </button>
        </div>
      </form>
    </ModalBox>
  );
};

function hasNotice(answer: unknown): answer is ActionAnswer {
  return typeof answer === 'object' && answer !== null && 'notice' in answer;
}

/** A dangerous action is not confirmed by the next Enter. */
function findFirstField(box: HTMLDialogElement): HTMLElement | null {
  return (
    box.querySelector<HTMLElement>('.lc-secret button') ??
    box.querySelector<HTMLElement>('textarea, input:not([type="radio"]), select') ??
    box.querySelector<HTMLElement>('button.primary:not(.danger)')
  );
}
