import React, { useEffect } from 'react';
import { useDispatch, useSelector } from 'react-redux';
import { useTranslation, type NoticeMessageInState, type ReduxState } from 'adminjs';

const shownForMs = 6000;

/** What has just been done, at the foot of the page for some seconds; what failed stays until it is dismissed. */
const Notices: React.FC = () => {
  const notices = useSelector((state: ReduxState) => state.notices);
  return (
    <div className="lc-notices">
      {notices.map((notice) => (
        <Notice key={notice.id} notice={notice} />
      ))}
    </div>
  );
};

const Notice: React.FC<{ notice: NoticeMessageInState }> = ({ notice }) => {
  const dispatch = useDispatch();
  const { translateMessage } = useTranslation();
  const failed = notice.type === 'error';
  const { id } = notice;
  useEffect(() => {
    if (failed) return;
    const timer = setTimeout(() => dispatch({ type: 'DROP_NOTICE', data: { noticeId: id } }), shownForMs);
    return () => clearTimeout(timer);
  }, [dispatch, failed, id]);
  return (
    <div className={`lc-notice ${failed ? 'bad' : ''}`} role={failed ? 'alert' : 'status'}>
      <span aria-hidden="true">{failed ? '▲' : '✓'}</span>
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

export default Notices;
