import React from 'react';
import type { Outcome } from '../../lib/api.js';
import { Dialog } from '../../ui/dialog.js';
import type { RequestDetails } from '../../lib/types.js';
import { Clock } from '../../ui/times.js';

/** Takes a request out of a colleague's hands. */
export const TakeOverDialog: React.FC<{
  request: RequestDetails;
  takeOver: () => Promise<Outcome>;
  onClose: () => void;
}> = ({ request: { claim }, takeOver, onClose }) => (
  <Dialog
    title={`Take over from ${claim?.name ?? 'a colleague'}`}
    confirm="Take over"
    onConfirm={takeOver}
    onClose={onClose}
  >
    <ul className="lc-consequences">
      <li>
        {claim?.name} holds it until {claim && <Clock ms={Date.parse(claim.until)} />} and may be choosing accounts
        right now.
      </li>
      <li>What they do next on it is refused, naming you.</li>
    </ul>
  </Dialog>
);

/** Remembers for all requests what a partner's word means. */
export const MapVerticalDialog: React.FC<{
  request: RequestDetails;
  vertical: string;
  map: () => Promise<Outcome>;
  onClose: () => void;
}> = ({ request, vertical, map, onClose }) => (
  <Dialog
    title={`“${request.vertical}” means ${vertical}`}
    confirm={`Map to ${vertical}`}
    onConfirm={map}
    onClose={onClose}
  >
    <ul className="lc-consequences">
      <li>
        From now on every request for “{request.vertical}”, of every partner, is offered accounts of {vertical}.
      </li>
      <li>The request itself keeps the partner’s word. A later mapping of the same word replaces this one.</li>
    </ul>
  </Dialog>
);
