import React, { useEffect, useSyncExternalStore, type ReactNode } from 'react';
import { useDispatch, useSelector } from 'react-redux';
import { useTranslation, type NoticeMessageInState, type ReduxState } from 'adminjs';
import type { ActionAnswer } from '../lib/actions.js';
import { dropToast, getToasts, showToast, subscribeToToasts, type Toast } from '../lib/toasts.js';
import { useAction } from '../lib/use-action.js';
import { Message } from './elements.js';

const SHOWN_MS = 6_000;
/** Long enough to read what was done, and to reach the button. */
const UNDO_SHOWN_MS = 20_000;

/** Says that an action was done, by the server's own sentence where it has one. */
export function useToast(): (answer: ActionAnswer, fallback?: string) => void {
  return ({ notice }, fallback = 'Done.') => showToast({ message: notice?.message ?? fallback, kind: 'done' });
}

/** At the foot of the page: what was done for some seconds, errors until they are dismissed. AdminJS's own notices too. */
const Toasts: React.FC = () => {
  const toasts = useSyncExternalStore(subscribeToToasts, getToasts);
  const notices = useSelector((state: ReduxState) => state.notices);
  return (
    // It stands on every page, empty or not: screen readers announce what is added to it.
    <div className="lc-toasts" role="status" aria-label="Notifications">
      {notices.map((notice) => (
        <AdminJsNotice key={`notice ${notice.id}`} notice={notice} />
      ))}
      {toasts.map((toast) => (
        <OwnToast key={toast.id} toast={toast} />
      ))}
    </div>
  );
};

const OwnToast: React.FC<{ toast: Toast }> = ({ toast: { id, message, kind, undo } }) => {
  const { run, isPending } = useAction(async () => (undo ? undo() : ''), {
    onSuccess: (undone) => {
      dropToast(id);
      showToast({ message: undone, kind: 'done' });
    },
    onError: (error) => {
      dropToast(id);
      showToast({ message: error.message, kind: 'error' });
    },
  });
  return (
    <ToastBox
      kind={kind}
      shownMs={kind === 'error' || isPending ? null : undo ? UNDO_SHOWN_MS : SHOWN_MS}
      onDismiss={() => dropToast(id)}
    >
      <span>
        <Message text={message} />
      </span>
      {undo && (
        <button type="button" className="lc-undo" aria-disabled={isPending || undefined} onClick={() => run()}>
          {isPending ? 'Undoing…' : 'Undo'}
        </button>
      )}
    </ToastBox>
  );
};

const AdminJsNotice: React.FC<{ notice: NoticeMessageInState }> = ({ notice }) => {
  const dispatch = useDispatch();
  const { translateMessage } = useTranslation();
  const isError = notice.type === 'error';
  return (
    <ToastBox
      kind={isError ? 'error' : 'done'}
      shownMs={isError ? null : SHOWN_MS}
      onDismiss={() => dispatch({ type: 'DROP_NOTICE', data: { noticeId: notice.id } })}
    >
      <span>{translateMessage(notice.message, notice.resourceId, notice.options)}</span>
    </ToastBox>
  );
};

const signs: Record<Toast['kind'], string> = { done: '✓', idle: '', error: '▲' };

interface ToastBoxProps {
  kind: Toast['kind'];
  /** Null where it stays until it is dismissed. */
  shownMs: number | null;
  onDismiss: () => void;
  children: ReactNode;
}

const ToastBox: React.FC<ToastBoxProps> = ({ kind, shownMs, onDismiss, children }) => {
  const latestOnDismiss = React.useRef(onDismiss);
  useEffect(() => {
    latestOnDismiss.current = onDismiss;
  });
  useEffect(() => {
    if (shownMs === null) return;
    const timer = setTimeout(() => latestOnDismiss.current(), shownMs);
    return () => clearTimeout(timer);
  }, [shownMs]);
  return (
    <div className={`lc-toast ${kind === 'error' ? 'bad' : ''}`} role={kind === 'error' ? 'alert' : undefined}>
      {signs[kind] && <span aria-hidden="true">{signs[kind]}</span>}
      {children}
      <button type="button" aria-label="Dismiss this message" onClick={onDismiss}>
        ✕
      </button>
    </div>
  );
};

export default Toasts;
