import { NoteField } from '../../partner-api/validation/common-fields.js';
import { MutationOf } from '../../partner-api/validation/request-parts.js';
import { RequestOfProjectPath, RequestPath } from './read-lease-requests.js';

class NoteBody {
  @NoteField(2000, {
    minLength: 1,
    description: 'Information for staff, or the answer to their question.',
    example: 'Adults only, and Canada is fine too.',
  })
  body: string;
}

class CancelBody {
  @NoteField(500, {
    required: false,
    description: 'Why it is cancelled; kept in the audit log.',
    example: 'The campaign was called off.',
  })
  reason?: string;
}

/** POST …/requests/:requestId/notes, of any project or of one. */
export interface NoteOnLeaseRequest extends InstanceType<typeof NoteOnAnyLeaseRequest> {
  path: { requestId: string; projectId?: string };
}
export interface CancelLeaseRequest extends InstanceType<typeof CancelAnyLeaseRequest> {
  path: { requestId: string; projectId?: string };
}

export class NoteOnAnyLeaseRequest extends MutationOf({ path: RequestPath, body: NoteBody }) {}
export class NoteOnLeaseRequestOfProject extends MutationOf({ path: RequestOfProjectPath, body: NoteBody }) {}
export class CancelAnyLeaseRequest extends MutationOf({ path: RequestPath, body: CancelBody }) {}
export class CancelLeaseRequestOfProject extends MutationOf({ path: RequestOfProjectPath, body: CancelBody }) {}
