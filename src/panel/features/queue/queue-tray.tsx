import React from 'react';
import { formatCount } from '../../lib/format.js';
import type { Feedback } from '../../lib/use-feedback.js';
import { Alert } from '../../ui/elements.js';

interface QueueTrayProps {
  feedback: Feedback | null;
  markedCount: number;
  onDismiss: () => void;
  onBlock: () => void;
  onReject: () => void;
  onUnmark: () => void;
}

/** Over the foot of the page: what the last action came to, and what can be done with the marked rows. */
export const QueueTray: React.FC<QueueTrayProps> = (props) => {
  const { feedback, markedCount, onDismiss, onBlock, onReject, onUnmark } = props;
  return (
    <div className="lc-tray">
      {feedback?.kind === 'error' && <Alert onClose={onDismiss}>{feedback.message}</Alert>}
      {markedCount > 0 && (
        <div className="lc-bulk" role="group" aria-label="What to do with the marked requests">
          <b>{formatCount(markedCount, 'request')} marked</b>
          <button type="button" className="lc-btn small" onClick={onBlock}>
            Block…
          </button>
          <button type="button" className="lc-btn small danger" onClick={onReject}>
            Reject…
          </button>
          <button type="button" className="lc-link" onClick={onUnmark}>
            Unmark
          </button>
        </div>
      )}
    </div>
  );
};
