import React, { useState } from 'react';
import { HelpOverlay, type KeyHelp } from '../ui/help.js';
import { searchKeys, useKeys } from '../lib/keys.js';
import { KeysBar } from '../ui/elements.js';

const keys: KeyHelp[] = [
  [['/'], 'search'],
  [['Tab', 'Enter'], 'to a link or button, and through it'],
];
const moreKeys: KeyHelp[] = [
  [[searchKeys], 'search, from a field too'],
  [['Ctrl Enter'], 'confirm what a question asks'],
  [['Esc'], 'close what is open over the page'],
  [['?'], 'show these keys'],
];

/** The keys that work on every page, at the foot of those that have none of their own: a page's own bar takes its place. */
const PageKeys: React.FC = () => {
  const [helping, setHelping] = useState(false);
  useKeys({ '?': () => setHelping(true) }, 'after the page');
  return (
    <>
      {helping && <HelpOverlay keys={[...keys, ...moreKeys]} onClose={() => setHelping(false)} />}
      <KeysBar className="lc-frame-keys" keys={[...keys, [['?'], 'all keys']]} />
    </>
  );
};

export default PageKeys;
