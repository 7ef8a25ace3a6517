import React, { useState } from 'react';
import { useNotice } from 'adminjs';
import { act } from '../../lib/api.js';
import { Alert, Card } from '../../ui/elements.js';
import { useSubmit } from '../../lib/submit.js';
import { Moment, span } from '../../ui/times.js';

/** How an account stands between two partners. */
export interface Rest {
  status: string;
  turnaround: string[];
  resettingUntil: string | null;
  releasedAt: string | null;
}

const words: Record<string, string> = {
  bio: 'The bio is neutral again',
  link: 'The link is gone',
  posts: 'The partner’s posts are gone',
  credentials: 'The password is new',
};

interface TurnaroundProps {
  accountId: string;
  status: string;
  rest: Rest;
  items: string[];
  mayCheck: boolean;
  now: number;
  onDone: () => void;
}

/** What is looked at before an account that came back goes out again; with the last tick it is available. */
export const TurnaroundCard: React.FC<TurnaroundProps> = (props) => {
  const { accountId, status, rest, items, mayCheck, now, onDone } = props;
  const [ticked, setTicked] = useState<string[]>([]);
  const addNotice = useNotice();
  const { busy, refusal, submit } = useSubmit(
    () => act('social-accounts', accountId, 'checkTurnaround', { items: ticked }),
    ({ answer }) => {
      addNotice({ message: answer.notice?.message ?? 'Checked.', type: 'success' });
      setTicked([]);
      onDone();
    },
  );
  const open = items.filter((item) => !rest.turnaround.includes(item));
  const isResting = status === 'resetting';
  if (!isResting && !(status === 'available' && rest.releasedAt && open.length > 0)) return null;
  const left = open.length - ticked.length;
  return (
    <Card
      title="Turnaround"
      aside={
        <span className="lc-faint">
          {items.length - open.length} of {items.length} checked
        </span>
      }
    >
      <p className="lc-muted">
        {rest.releasedAt && (
          <>
            Came back <Moment iso={rest.releasedAt} now={now} age />.{' '}
          </>
        )}
        {isResting
          ? rest.resettingUntil
            ? `Rests ${span(Date.parse(rest.resettingUntil) - now)} more, or until the last tick.`
            : 'Rests until the last tick.'
          : 'It is available, and not yet checked.'}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <fieldset className="lc-choices" disabled={!mayCheck || busy}>
          <legend className="lc-unseen">What has been checked</legend>
          {items.map((item) => {
            const isDone = rest.turnaround.includes(item);
            return (
              <label key={item}>
                <input
                  type="checkbox"
                  checked={isDone || ticked.includes(item)}
                  disabled={isDone}
                  onChange={(event) =>
                    setTicked((before) =>
                      event.target.checked ? [...before, item] : before.filter((one) => one !== item),
                    )
                  }
                />{' '}
                {words[item] ?? item}
              </label>
            );
          })}
        </fieldset>
        {refusal && <Alert>{refusal}</Alert>}
        {mayCheck && (
          <button type="submit" className="lc-btn primary" disabled={busy || ticked.length === 0}>
            {busy
              ? 'One moment…'
              : left > 0 || !isResting
                ? `Keep ${ticked.length} of ${open.length} ticks`
                : 'All checked — make it available'}
          </button>
        )}
      </form>
    </Card>
  );
};
