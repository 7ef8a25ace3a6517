import React, { useEffect } from 'react';
import { useDispatch, useSelector } from 'react-redux';
import { useNotice, useTranslation, type NoticeMessageInState, type ReduxState } from 'adminjs';
import type { ActionAnswer } from '../lib/actions.js';

const SHOWN_MS = 6_000;

/** Says that an action was done, by the server's own sentence where it has one. */
export function useToast(): (answer: ActionAnswer, fallback?: string) => void {
  const addNotice = useNotice();
  return ({ notice }, fallback = 'Done.') => addNotice({ message: notice?.message ?? fallback, type: 'success' });
}

/** AdminJS's notices at the foot of the page: successes for some seconds, errors until they are dismissed. */
const Toasts: React.FC = () => {
  const notices = useSelector((state: ReduxState) => state.notices);
  return (
    <div className="lc-toasts">
      {notices.map((notice) => (
        <Toast key={notice.id} notice={notice} />
      ))}
    </div>
  );
};

const Toast: React.FC<{ notice: NoticeMessageInState }> = ({ notice }) => {
  const dispatch = useDispatch();
  const { translateMessage } = useTranslation();
  const isError = notice.type === 'error';
  const { id } = notice;
  useEffect(() => {
    if (isError) return;
    const timer = setTimeout(() => dispatch({ type: 'DROP_NOTICE', data: { noticeId: id } }), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [dispatch, isError, id]);
  return (
    <div className={`lc-toast ${isError ? 'bad' : ''}`} role={isError ? 'alert' : 'status'}>
      <span aria-hidden="true">{isError ? '▲' : '✓'}</span>
      <span>{translateMessage(notice.message, notice.resourceId, notice.options)}</span>
      <button
        type="button"
        aria-label="Dismiss this message"
        onClick={() => dispatch({ type: 'DROP_NOTICE', data: { noticeId: id } })}
      >
        ✕
      </button>
    </div>
  );
};

export default Toasts;
