import type { ActionRequest, ActionContext, RecordActionResponse } from 'adminjs';
import { formatDollars } from '../../core/money.js';
import { sentence } from '../../core/sentence.js';
import type {
  AddNote,
  AssignAccount,
  CloseRequest,
  MapRequestedVertical,
  NoteRef,
  OldAccountPlace,
  ReadReply,
  ReplaceAccount,
  UndoAssignment,
} from '../../fulfillment/commands.js';
import type { ClaimRequest, RequestRef } from '../../lease-requests/commands.js';
import { describeRefund, describeWallet } from '../../wallets/wallet-sentence.js';
import { toPanelRequest } from '../http/panel-request.js';
import type { PanelServices } from '../panel-services.js';
import { recordAction, type RecordActionSpec } from './action-builders.js';
import { formatUtcClock } from '../../core/utc-times.js';

const isOpen = ({ status }: Record<string, unknown>) => status === 'requested';

/** Not validated yet: the service checks every field. A `requestId` in the body is ignored: the record names the request. */
function toRequestCommand<Command>(leaseRequestId: string, body: object): Command {
  const { requestId: _, ...fields } = body as { requestId?: unknown };
  return { ...fields, leaseRequestId } as Command;
}

/** A request is never deleted. */
const requestAction = (spec: RecordActionSpec) => recordAction({ ...spec, readsAfterwards: true });

/** Actions on a request. */
export function requestActions(services: PanelServices) {
  return { ...claimActions(services), ...assignmentActions(services), ...reviewActions(services) };
}

function claimActions({ claims, review }: PanelServices) {
  return {
    claim: requestAction({
      permission: 'claim',
      isOffered: isOpen,
      do: async ({ caller, body }, id) => {
        const claim = await claims.claim(caller, toRequestCommand<ClaimRequest>(id, body));
        return { message: `You have claimed this request until ${formatUtcClock(claim.until)}.`, extra: { claim } };
      },
    }),
    unclaim: requestAction({
      permission: 'claim',
      isOffered: isOpen,
      do: async ({ caller, body }, id) => {
        await claims.unclaim(caller, toRequestCommand<RequestRef>(id, body));
        return { message: 'You have released your claim on this request.' };
      },
    }),
    readReply: requestAction({
      permission: 'note',
      do: async ({ caller, body }, id) => {
        await review.readReply(caller, toRequestCommand<ReadReply>(id, body));
        return { message: 'The reply is marked as read.' };
      },
    }),
    opened: requestAction({
      permission: 'clearBlocker',
      isOffered: isOpen,
      do: async ({ caller, body }, id) => {
        await review.acknowledgeUnblock(caller, toRequestCommand<RequestRef>(id, body));
        return { message: 'Opened.' };
      },
    }),
  };
}

const oldAccountMessages: Record<OldAccountPlace, string> = {
  quarantine: 'is in quarantine',
  pool: 'goes back to the pool',
};

function assignmentActions({ fulfillment, replacement, review }: PanelServices) {
  return {
    assign: requestAction({
      permission: 'assign',
      isOffered: isOpen,
      do: async ({ caller, body }, id, reading) => {
        const done = await fulfillment.assign(caller, toRequestCommand<AssignAccount>(id, body), reading);
        const { balanceAfterCents: balanceCents, owedAfterCents: owedCents } = done;
        const holds = `${describeWallet({ balanceCents, owedCents })}.`;
        return {
          message: done.alreadyAssigned
            ? `This account is already assigned to this request; nothing was charged, ${holds}`
            : `Assigned: ${formatDollars(done.priceCents)} charged, ${holds}`,
        };
      },
    }),
    undoAssign: requestAction({
      permission: 'undoAssign',
      do: async ({ caller, body }, id) => {
        const done = await fulfillment.undoAssign(caller, toRequestCommand<UndoAssignment>(id, body));
        const staysClosed = done.isRequestClosed
          ? ' The request stays closed; use Replace… in its history to give another account.'
          : '';
        return { message: `Undone; the account is back in the pool: ${describeRefund(done)}.${staysClosed}` };
      },
    }),
    replace: requestAction({
      permission: 'replace',
      isOffered: ({ status }) => status !== 'rejected',
      do: async ({ caller, body }, id) => {
        const done = await replacement.replace(caller, toRequestCommand<ReplaceAccount>(id, body));
        if (done.replayed) return { message: 'It has already been replaced by this account; nothing was charged.' };
        const [refunded, charged] = [formatDollars(done.refundedCents), formatDollars(done.chargedCents)];
        const old = done.oldAccountTo && `; the old account ${oldAccountMessages[done.oldAccountTo]}`;
        return {
          message: `Replaced: ${refunded} refunded, ${charged} charged; it renews on the same day as before${old ?? ''}.`,
        };
      },
    }),
    mapVertical: requestAction({
      permission: 'editAccounts',
      do: async ({ caller, body }, id) => {
        const done = await review.mapVertical(caller, toRequestCommand<MapRequestedVertical>(id, body));
        return { message: sentence`From now on “${done.synonym}” means ${done.vertical}, on every request.` };
      },
    }),
  };
}

function reviewActions({ review }: PanelServices) {
  return {
    note: requestAction({
      permission: 'note',
      do: async ({ caller, body }, id) => {
        const command = toRequestCommand<AddNote>(id, body);
        await review.note(caller, command);
        return { message: command.visibility === 'partner' ? 'Note added; visible to the partner.' : 'Note added.' };
      },
    }),
    withdrawNote: requestAction({
      permission: 'withdrawNote',
      do: async ({ caller, body }, id) => {
        await review.withdrawNote(caller, toRequestCommand<NoteRef>(id, body));
        return { message: 'The note is withdrawn; it stays in the audit log.' };
      },
    }),
    showNote: requestAction({
      permission: 'note',
      do: async ({ caller, body }, id) => {
        await review.showNote(caller, toRequestCommand<NoteRef>(id, body));
        return { message: 'The note is visible to the partner now.' };
      },
    }),
    clearBlocker: requestAction({
      permission: 'clearBlocker',
      isOffered: (request) => isOpen(request) && Boolean(request.blocker),
      do: async ({ caller, body }, id) => {
        await review.clearBlocker(caller, toRequestCommand(id, body));
        return { message: 'The blocker is cleared.' };
      },
    }),
    closePartial: requestAction({
      permission: 'closePartial',
      isOffered: (request) => isOpen(request) && Number(request.assignedCount) > 0,
      do: async ({ caller, body }, id) => {
        await review.closePartial(caller, toRequestCommand<CloseRequest>(id, body));
        return { message: 'Closed short; the note is visible to the partner.' };
      },
    }),
    reject: requestAction({
      permission: 'reject',
      isOffered: (request) => isOpen(request) && Number(request.assignedCount) === 0,
      do: async ({ caller, body }, id) => {
        await review.reject(caller, toRequestCommand<CloseRequest>(id, body));
        return { message: 'Rejected; the note is visible to the partner.' };
      },
    }),
  };
}

/** `GET …/lease-requests/records/:id/fulfil?q=`: the request page's data. `q` searches the whole pool. */
export async function fulfil(
  { requestView }: PanelServices,
  request: ActionRequest,
  context: ActionContext,
): Promise<RecordActionResponse> {
  const { caller, query } = toPanelRequest(request);
  const record = context.record!;
  const search = typeof query?.q === 'string' ? query.q.slice(0, 200).replaceAll('\0', ' ') : undefined;
  const view = await requestView.view(caller, record.id(), search);
  return { record: record.toJSON(context.currentAdmin), fulfil: view };
}
