import React, { useState, type ReactNode } from 'react';
import { formatKey, useCommandKeys, type Command } from '../lib/commands.js';
import { showToast } from '../lib/toasts.js';
import { ActionButton } from './elements.js';
import { ModalBox } from './modal-box.js';

interface CommandBarProps {
  commands: Command[];
  aside?: ReactNode;
  scope?: 'page' | 'frame';
  /** A key was pressed whose command cannot run now; a toast tells it otherwise. */
  onDisabled?: (why: string, command: Command) => void;
}

/** Runs the page's commands by their keys, and lists them at its foot and in the help that `?` opens. */
export const CommandBar: React.FC<CommandBarProps> = (props) => {
  const { commands, aside, scope = 'page', onDisabled = tellWhy } = props;
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const help: Command = {
    id: 'help',
    keys: ['?'],
    label: 'all keys',
    description: 'show these keys',
    run: () => setIsHelpOpen(true),
  };
  const all = [...commands, help];
  const listed = all.filter(({ enabled }) => enabled !== false);
  useCommandKeys(all, { scope, onDisabled });
  return (
    <>
      {isHelpOpen && <CommandHelp commands={listed} onClose={() => setIsHelpOpen(false)} />}
      <section className={scope === 'page' ? 'lc-keys' : 'lc-frame-keys'} aria-label="Keys that work here">
        {listed
          .filter(({ isHelpOnly }) => !isHelpOnly)
          .map(({ id, keys, label }) => (
            <span key={id}>
              <Keys keys={keys} />
              {label}
            </span>
          ))}
        <span className="lc-grow" />
        {aside && <span>{aside}</span>}
      </section>
    </>
  );
};

function tellWhy(message: string): void {
  showToast({ message, kind: 'idle' });
}

const Keys: React.FC<{ keys: string[] }> = ({ keys }) => (
  <>
    {keys.map((key) => (
      <kbd key={key}>{formatKey(key)}</kbd>
    ))}
  </>
);

/** Closed by Esc or another `?`. */
const CommandHelp: React.FC<{ commands: Command[]; onClose: () => void }> = ({ commands, onClose }) => (
  <ModalBox className="lc-help" title="Keys that work here" closeKey="?" onClose={onClose}>
    <dl>
      {commands.map(({ id, keys, label, description = label }) => (
        <React.Fragment key={id}>
          <dt>
            <Keys keys={keys} />
          </dt>
          <dd>{description}</dd>
        </React.Fragment>
      ))}
    </dl>
    <div className="lc-dialog-foot">
      <span className="lc-grow" />
      <button type="button" className="lc-btn" onClick={onClose}>
        Close
      </button>
    </div>
  </ModalBox>
);

/** A button for a command, with its key. */
export const CommandButton: React.FC<{
  command: Command;
  children: ReactNode;
  busy?: boolean;
  className?: string;
}> = ({ command: { keys, enabled, disabledReason, run }, children, busy, className }) => (
  <ActionButton onClick={() => run?.(keys[0]!)} disabledReason={disabledReason} busy={busy} className={className}>
    {children} {enabled !== false && <kbd>{formatKey(keys[0]!)}</kbd>}
  </ActionButton>
);
