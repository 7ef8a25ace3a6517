import { Controller, HttpCode, Post } from '@nestjs/common';
import type { PartnerCaller } from '../authorization/actor.js';
import { ApiOperation, ApiTags } from '../partner-api/openapi/decorators.js';
import { ApiMutation } from '../partner-api/openapi/success-responses.js';
import { ApiErrors } from '../partner-api/openapi/error-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { RequireScope } from '../partner-api/required-scope.decorator.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import {
  CancelAnyLeaseRequest,
  CancelLeaseRequestOfProject,
  NoteOnAnyLeaseRequest,
  NoteOnLeaseRequestOfProject,
} from './dto/review-lease-request.js';
import { LeaseRequestView, PartnerNoteReceipt } from './lease-request.view.js';
import { PartnerReviewService } from './partner-review.service.js';

const note = {
  summary: 'Add a note to an open request',
  description: 'Staff see it in the request’s history; it answers a `needs_clarification` blocker.',
};
const cancel = {
  summary: 'Cancel an open request',
  description: 'It becomes `rejected` when nothing was assigned, else `partial`; what was assigned stays leased.',
};

@PartnerApi()
@RequireScope('leased:write')
@ApiTags('Leased accounts')
@Controller('v1')
export class PartnerReviewController {
  constructor(private readonly review: PartnerReviewService) {}

  @Post('projects/:projectId/leased-accounts/requests/:requestId/notes')
  @HttpCode(201)
  @ApiOperation({ operationId: 'addProjectLeaseRequestNote', ...note, summary: `${note.summary} of a project` })
  @ApiMutation(201, PartnerNoteReceipt, 'Added')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  noteOfProject(
    @Caller() caller: PartnerCaller,
    @ValidRequest(NoteOnLeaseRequestOfProject) input: NoteOnLeaseRequestOfProject,
  ) {
    return this.review.note(caller, input);
  }

  @Post('leased-accounts/requests/:requestId/notes')
  @HttpCode(201)
  @ApiOperation({ operationId: 'addLeaseRequestNote', ...note })
  @ApiMutation(201, PartnerNoteReceipt, 'Added')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  note(@Caller() caller: PartnerCaller, @ValidRequest(NoteOnAnyLeaseRequest) input: NoteOnAnyLeaseRequest) {
    return this.review.note(caller, input);
  }

  @Post('projects/:projectId/leased-accounts/requests/:requestId/cancel')
  @HttpCode(200)
  @ApiOperation({ operationId: 'cancelProjectLeaseRequest', ...cancel, summary: `${cancel.summary} of a project` })
  @ApiMutation(200, LeaseRequestView, 'Cancelled')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  cancelOfProject(
    @Caller() caller: PartnerCaller,
    @ValidRequest(CancelLeaseRequestOfProject) input: CancelLeaseRequestOfProject,
  ) {
    return this.review.cancel(caller, input);
  }

  @Post('leased-accounts/requests/:requestId/cancel')
  @HttpCode(200)
  @ApiOperation({ operationId: 'cancelLeaseRequest', ...cancel })
  @ApiMutation(200, LeaseRequestView, 'Cancelled')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  cancel(@Caller() caller: PartnerCaller, @ValidRequest(CancelAnyLeaseRequest) input: CancelAnyLeaseRequest) {
    return this.review.cancel(caller, input);
  }
}
