import React, { useState } from 'react';
import { postResourceAction } from '../../lib/actions.js';
import { isFinance, useStaff } from '../../lib/staff.js';
import { formatMonth, formatUtc } from '../../lib/times.js';
import { Dialog } from '../../ui/dialog.js';
import { ActionButton, Card } from '../../ui/elements.js';
import { useToast } from '../../ui/toasts.js';
import { TypedName } from '../../ui/typed-name.js';
import type { ChecklistItem, MonthPageData } from './types.js';

/** The button that closes a month for good. */
export const CloseMonth: React.FC<{ month: MonthPageData }> = ({ month }) => {
  const [isAsking, setIsAsking] = useState(false);
  const staff = useStaff();
  if (month.closedAt || !isFinance(staff)) return null;
  return (
    <>
      <ActionButton
        className="primary"
        disabledReason={month.isClosable ? null : `It can be closed from ${formatUtc(month.closableFrom)}`}
        onClick={() => setIsAsking(true)}
      >
        Close {formatMonth(month.month)}
      </ActionButton>
      {isAsking && <CloseMonthDialog month={month} onClose={() => setIsAsking(false)} />}
    </>
  );
};

/** What is looked at before a month is closed. */
export const Checklist: React.FC<{ items: ChecklistItem[] }> = ({ items }) => (
  <Card title="Before closing">
    <ChecklistItems items={items} />
  </Card>
);

const ChecklistItems: React.FC<{ items: ChecklistItem[] }> = ({ items }) => (
  <ul className="lc-checklist">
    {items.map(({ name, isClear, text }) => (
      <li key={name} className={isClear ? undefined : 'open'}>
        <span aria-hidden="true">{isClear ? '✓' : '▲'}</span>
        <span className="lc-visually-hidden">{isClear ? 'Clear: ' : 'Check this: '}</span>
        <span>{text}</span>
      </li>
    ))}
  </ul>
);

/** It cannot be taken back, so the month is typed: an Enter alone closes nothing. */
const CloseMonthDialog: React.FC<{ month: MonthPageData; onClose: () => void }> = ({ month, onClose }) => {
  const [typed, setTyped] = useState('');
  const [isAllowed, setIsAllowed] = useState(false);
  const showToast = useToast();
  const name = formatMonth(month.month);
  const hasEarlierOpen = month.openBefore.length > 0;
  const earlierError = hasEarlierOpen && !isAllowed ? 'An earlier month is open' : null;
  const typedError = typed.trim() === month.month ? null : 'Type the month first';
  return (
    <Dialog
      title={`Close ${name} permanently?`}
      confirm={`Close ${name}`}
      danger
      missing={earlierError ?? typedError}
      onClose={onClose}
      onConfirm={async () => {
        const body = { month: month.month, ...(hasEarlierOpen && { allowEarlierOpen: isAllowed }) };
        showToast(await postResourceAction('ledger-transfers', 'closeMonth', body), 'Closed.');
      }}
    >
      <ul className="lc-consequences">
        <li>Nothing can be booked in {name} any more; corrections are booked on the day they are made.</li>
        <li>Its CSV files can be downloaded from then on and never change. This cannot be undone.</li>
      </ul>
      <ChecklistItems items={month.checklist} />
      {hasEarlierOpen && (
        <div className="lc-choices">
          <label>
            <input type="checkbox" checked={isAllowed} onChange={(event) => setIsAllowed(event.target.checked)} /> Close
            it anyway; {month.openBefore.toReversed().map(formatMonth).join(', ')} stays open
          </label>
        </div>
      )}
      <TypedName what="the month" name={month.month} typed={typed} onChange={setTyped} />
    </Dialog>
  );
};
