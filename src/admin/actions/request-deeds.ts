import type { ActionRequest, ActionContext, RecordActionResponse } from 'adminjs';
import { dollars } from '../../common/money.js';
import type {
  AddNote,
  AssignAccount,
  ClaimRequest,
  CloseRequest,
  MapRequestedVertical,
  OnRequest,
  ReplaceAccount,
  UndoAssignment,
  WithdrawNote,
} from '../../fulfillment/commands.js';
import { callOf } from '../panel-call.js';
import type { PanelServices } from '../panel-services.js';
import { recordDeed } from './deeds.js';

const isOpen = ({ status }: Record<string, unknown>) => status === 'requested';

/** The command about this request; the service looks at every field, so whatever was sent may stand in it. */
function about<Command>(requestId: string, body: object): Command {
  return { ...body, requestId } as Command;
}

/** What staff do to a request, each one call of fulfilment. */
export function requestDeeds(services: PanelServices) {
  return { ...claimDeeds(services), ...assignmentDeeds(services), ...reviewDeeds(services) };
}

function claimDeeds({ claims, review }: PanelServices) {
  return {
    claim: recordDeed({
      permission: 'claim',
      offered: isOpen,
      do: async ({ caller, body }, id) => {
        const claim = await claims.claim(caller, about<ClaimRequest>(id, body));
        const until = claim.until.toISOString();
        return { message: `You hold this request until ${until.slice(11, 16)} UTC.`, also: { claim } };
      },
    }),
    unclaim: recordDeed({
      permission: 'claim',
      offered: isOpen,
      do: async ({ caller, body }, id) => {
        await claims.unclaim(caller, about<OnRequest>(id, body));
        return { message: 'You hold this request no more.' };
      },
    }),
    opened: recordDeed({
      permission: 'clearBlocker',
      offered: isOpen,
      do: async ({ caller, body }, id) => {
        await review.opened(caller, about<OnRequest>(id, body));
        return { message: 'Opened.' };
      },
    }),
  };
}

/** Accounts given to a request, taken back, and exchanged. */
function assignmentDeeds({ fulfilment, replacement, review }: PanelServices) {
  return {
    assign: recordDeed({
      permission: 'assign',
      offered: isOpen,
      do: async ({ caller, body }, id) => {
        const done = await fulfilment.assign(caller, about<AssignAccount>(id, body));
        const holds = `the wallet holds ${dollars(done.balanceAfterCents)}.`;
        return {
          message: done.alreadyAssigned
            ? `This account is assigned to this request already; nothing was charged, ${holds}`
            : `Assigned: ${dollars(done.priceCents)} charged, ${holds}`,
        };
      },
    }),
    undoAssign: recordDeed({
      permission: 'undoAssign',
      do: async ({ caller, body }, id) => {
        const { refundedCents } = await fulfilment.undoAssign(caller, about<UndoAssignment>(id, body));
        return { message: `Undone: ${dollars(refundedCents)} went back to the wallet, the account to the pool.` };
      },
    }),
    replace: recordDeed({
      permission: 'replace',
      offered: ({ status }) => status !== 'rejected',
      do: async ({ caller, body }, id) => {
        const done = await replacement.replace(caller, about<ReplaceAccount>(id, body));
        const [refunded, charged] = [dollars(done.refundedCents), dollars(done.chargedCents)];
        return { message: `Replaced: ${refunded} refunded, ${charged} charged; it renews on the same day as before.` };
      },
    }),
    mapVertical: recordDeed({
      permission: 'editAccounts',
      do: async ({ caller, body }, id) => {
        const done = await review.mapVertical(caller, about<MapRequestedVertical>(id, body));
        return { message: `From now on “${done.synonym}” means ${done.vertical}, on every request.` };
      },
    }),
  };
}

/** What is written on a request, and how it ends without its last account. */
function reviewDeeds({ review }: PanelServices) {
  return {
    note: recordDeed({
      permission: 'note',
      do: async ({ caller, body }, id) => {
        const command = about<AddNote>(id, body);
        await review.note(caller, command);
        return { message: command.visibility === 'partner' ? 'Noted; the partner reads it.' : 'Noted.' };
      },
    }),
    withdrawNote: recordDeed({
      permission: 'withdrawNote',
      do: async ({ caller, body }, id) => {
        await review.withdrawNote(caller, about<WithdrawNote>(id, body));
        return { message: 'The note is withdrawn; it stays on the trail.' };
      },
    }),
    clearBlocker: recordDeed({
      permission: 'clearBlocker',
      offered: (request) => isOpen(request) && Boolean(request.blocker),
      do: async ({ caller, body }, id) => {
        await review.clearBlocker(caller, about(id, body));
        return { message: 'The blocker is cleared.' };
      },
    }),
    closePartial: recordDeed({
      permission: 'closePartial',
      offered: (request) => isOpen(request) && Number(request.assignedCount) > 0,
      do: async ({ caller, body }, id) => {
        await review.closePartial(caller, about<CloseRequest>(id, body));
        return { message: 'Closed short; the partner reads the note.' };
      },
    }),
    reject: recordDeed({
      permission: 'reject',
      offered: (request) => isOpen(request) && Number(request.assignedCount) === 0,
      do: async ({ caller, body }, id) => {
        await review.reject(caller, about<CloseRequest>(id, body));
        return { message: 'Rejected; the partner reads the note.' };
      },
    }),
  };
}

/** The request page: the record, and beside it all that staff decide by. `?q=` searches the whole pool. */
export async function fulfil(
  { fulfilmentView }: PanelServices,
  request: ActionRequest,
  context: ActionContext,
): Promise<RecordActionResponse> {
  const { caller, query } = callOf(request);
  const record = context.record!;
  const search = typeof query?.q === 'string' ? query.q.slice(0, 200).replaceAll('\0', ' ') : undefined;
  const view = await fulfilmentView.view(caller, record.id(), search);
  return { record: record.toJSON(context.currentAdmin), fulfil: view };
}
