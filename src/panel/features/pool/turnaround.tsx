import React, { useState } from 'react';
import type { TurnaroundItem } from '../../../account-pool/turnaround.service.js';
import { postRecordAction } from '../../lib/actions.js';
import { formatDuration } from '../../lib/times.js';
import { useAction } from '../../lib/use-action.js';
import { Alert, Card } from '../../ui/elements.js';
import { Moment } from '../../ui/times.js';
import { useToast } from '../../ui/toasts.js';
import type { Turnaround } from './types.js';

const itemNames: Record<TurnaroundItem, string> = {
  bio: 'The bio is neutral again',
  link: 'The link is removed',
  posts: 'The partner’s posts are removed',
  credentials: 'The password is changed',
};

interface TurnaroundProps {
  accountId: string;
  turnaround: Turnaround;
  items: readonly TurnaroundItem[];
  mayCheck: boolean;
  now: number;
}

/** What is checked before an account that came back goes out again; with the last tick it is available. */
export const TurnaroundCard: React.FC<TurnaroundProps> = ({ accountId, turnaround, items, mayCheck, now }) => {
  const { status, turnaround: checked, resettingUntil, releasedAt } = turnaround;
  const [ticked, setTicked] = useState<TurnaroundItem[]>([]);
  const showToast = useToast();
  const { run, isPending, error } = useAction(
    () => postRecordAction('social-accounts', accountId, 'checkTurnaround', { items: ticked }),
    {
      onSuccess: (answer) => {
        showToast(answer, 'Checked.');
        setTicked([]);
      },
    },
  );
  const open = items.filter((item) => !checked.includes(item));
  const isResetting = status === 'resetting';
  if (!isResetting && !(status === 'available' && releasedAt && open.length > 0)) return null;
  const makesAvailable = isResetting && open.length === ticked.length;
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
        {releasedAt && (
          <>
            Came back <Moment iso={releasedAt} now={now} age />.{' '}
          </>
        )}
        {describeRest(isResetting, resettingUntil, now)}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <fieldset className="lc-choices" disabled={!mayCheck || isPending}>
          <legend className="lc-visually-hidden">What has been checked</legend>
          {items.map((item) => {
            const isChecked = checked.includes(item);
            return (
              <label key={item}>
                <input
                  type="checkbox"
                  checked={isChecked || ticked.includes(item)}
                  disabled={isChecked}
                  onChange={(event) =>
                    setTicked((before) =>
                      event.target.checked ? [...before, item] : before.filter((other) => other !== item),
                    )
                  }
                />{' '}
                {itemNames[item]}
              </label>
            );
          })}
        </fieldset>
        {error && <Alert>{error}</Alert>}
        {mayCheck && (
          <button type="submit" className="lc-btn primary" disabled={isPending || ticked.length === 0}>
            {isPending
              ? 'One moment…'
              : makesAvailable
                ? 'All checked — make available'
                : `Keep ${ticked.length} of ${open.length} ticks`}
          </button>
        )}
      </form>
    </Card>
  );
};

function describeRest(isResetting: boolean, resettingUntil: string | null, now: number): string {
  if (!isResetting) return 'Available, but not checked yet.';
  return resettingUntil
    ? `Available in ${formatDuration(Date.parse(resettingUntil) - now)}, or once everything is checked.`
    : 'Available once everything is checked.';
}
