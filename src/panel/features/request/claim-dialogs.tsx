import React from 'react';
import { sentence } from '../../../core/sentence.js';
import { postRecordAction } from '../../lib/actions.js';
import { Dialog } from '../../ui/dialog.js';
import { Clock } from '../../ui/times.js';
import type { RequestDetails } from './types.js';

interface RequestDialogProps {
  request: RequestDetails;
  onClose: () => void;
}

/** Takes a request over that a colleague holds. */
export const TakeOverDialog: React.FC<RequestDialogProps> = ({ request: { id, claim }, onClose }) => (
  <Dialog
    title={sentence`Take over from ${claim?.name ?? 'a colleague'}`}
    confirm="Take over"
    onConfirm={() => postRecordAction('lease-requests', id, 'claim', { takeOver: true })}
    onClose={onClose}
  >
    <ul className="lc-consequences">
      <li>
        {claim?.name} has claimed it until {claim && <Clock ms={Date.parse(claim.until)} />} and may be choosing
        accounts right now.
      </li>
      <li>Their next action on it will be refused with your name.</li>
    </ul>
  </Dialog>
);

/** Maps the partner's word to a vertical of the pool, for all requests. */
export const MapVerticalDialog: React.FC<RequestDialogProps & { vertical: string }> = (props) => {
  const { request, vertical, onClose } = props;
  return (
    <Dialog
      title={sentence`“${request.vertical}” means ${vertical}`}
      confirm={sentence`Map to ${vertical}`}
      onConfirm={() => postRecordAction('lease-requests', request.id, 'mapVertical', { vertical })}
      onClose={onClose}
    >
      <ul className="lc-consequences">
        <li>
          From now on every request for “<bdi>{request.vertical}</bdi>”, of every partner, is offered accounts of{' '}
          <bdi>{vertical}</bdi>.
        </li>
        <li>The request itself keeps the partner’s word. A later mapping of the same word replaces this one.</li>
      </ul>
    </Dialog>
  );
};
