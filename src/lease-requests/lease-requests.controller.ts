import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import type { PartnerCaller } from '../authorization/actor.js';
import { ApiOperation, ApiTags } from '../partner-api/openapi/decorators.js';
import { ApiMutation, ApiRead } from '../partner-api/openapi/success-responses.js';
import { ApiErrors } from '../partner-api/openapi/error-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { RequireScope } from '../partner-api/required-scope.decorator.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import {
  ListLeaseRequests,
  ListLeaseRequestsOfProject,
  ReadLeaseRequest,
  ReadLeaseRequestOfProject,
} from './dto/read-lease-requests.js';
import { SubmitLeaseRequest } from './dto/submit-lease-request.js';
import { LeaseRequestPage, LeaseRequestReceipt, LeaseRequestView } from './lease-request.view.js';
import { LeaseRequestsService } from './lease-requests.service.js';

@PartnerApi()
@RequireScope('leased:write')
@ApiTags('Leased accounts')
@Controller('v1')
export class LeaseRequestsController {
  constructor(private readonly leaseRequests: LeaseRequestsService) {}

  @Post('projects/:projectId/leased-accounts/request')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestLeasedAccounts',
    summary: 'Request leased accounts',
    description:
      'Ask for warmed TikTok accounts in a niche. Layers reviews the request, allocates accounts from the warmed pool and attaches them to your project. Each account is billed at its monthly price from the wallet when it is assigned, not on request.',
  })
  @ApiMutation(202, LeaseRequestReceipt, 'Request accepted')
  @ApiErrors('BILLING_EXHAUSTED', 'NOT_FOUND', 'CONFLICT')
  submit(@Caller() caller: PartnerCaller, @ValidRequest(SubmitLeaseRequest) input: SubmitLeaseRequest) {
    return this.leaseRequests.submit(caller, input);
  }

  @Get('projects/:projectId/leased-accounts/requests')
  @ApiOperation({
    operationId: 'listProjectLeaseRequests',
    summary: 'List the lease requests of a project',
    description: 'Newest first.',
  })
  @ApiRead(LeaseRequestPage, 'A page of requests')
  @ApiErrors('NOT_FOUND')
  listOfProject(
    @Caller() caller: PartnerCaller,
    @ValidRequest(ListLeaseRequestsOfProject) { path, query }: ListLeaseRequestsOfProject,
  ) {
    return this.leaseRequests.listOfProject(caller, path.projectId, query);
  }

  @Get('projects/:projectId/leased-accounts/requests/:requestId')
  @ApiOperation({
    operationId: 'getProjectLeaseRequest',
    summary: 'Read a lease request of a project',
    description: 'Poll until the status leaves `requested`.',
  })
  @ApiRead(LeaseRequestView, 'The request')
  @ApiErrors('NOT_FOUND')
  readOfProject(
    @Caller() caller: PartnerCaller,
    @ValidRequest(ReadLeaseRequestOfProject) { path }: ReadLeaseRequestOfProject,
  ) {
    return this.leaseRequests.read(caller, path.requestId, path.projectId);
  }

  @Get('leased-accounts/requests')
  @ApiOperation({
    operationId: 'listLeaseRequests',
    summary: 'List lease requests',
    description: 'Of all your projects, newest first.',
  })
  @ApiRead(LeaseRequestPage, 'A page of requests')
  list(@Caller() caller: PartnerCaller, @ValidRequest(ListLeaseRequests) { query }: ListLeaseRequests) {
    return this.leaseRequests.list(caller, query);
  }

  @Get('leased-accounts/requests/:requestId')
  @ApiOperation({
    operationId: 'getLeaseRequest',
    summary: 'Read a lease request',
    description: 'Poll until the status leaves `requested`.',
  })
  @ApiRead(LeaseRequestView, 'The request')
  @ApiErrors('NOT_FOUND')
  read(@Caller() caller: PartnerCaller, @ValidRequest(ReadLeaseRequest) { path }: ReadLeaseRequest) {
    return this.leaseRequests.read(caller, path.requestId);
  }
}
