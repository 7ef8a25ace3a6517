import { Controller, Delete, Get } from '@nestjs/common';
import type { PartnerCaller } from '../authorization/actor.js';
import { ApiOperation, ApiTags } from '../partner-api/openapi/decorators.js';
import { ApiMutation, ApiRead } from '../partner-api/openapi/success-responses.js';
import { ApiErrors } from '../partner-api/openapi/error-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { RequireScope } from '../partner-api/required-scope.decorator.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import {
  LeasedAccountPage,
  ListLeasedAccounts,
  ListLeasedAccountsOfProject,
  ReleaseLeasedAccount,
  ReleaseView,
} from './dto/leased-accounts.js';
import { LeasedAccountsService } from './leased-accounts.service.js';
import { LeasesService } from './leases.service.js';

@PartnerApi()
@RequireScope('leased:write')
@ApiTags('Leased accounts')
@Controller('v1')
export class LeasesController {
  constructor(
    private readonly leases: LeasesService,
    private readonly leasedAccounts: LeasedAccountsService,
  ) {}

  @Get('projects/:projectId/leased-accounts')
  @ApiOperation({
    operationId: 'listProjectLeasedAccounts',
    summary: 'List the leased accounts of a project',
    description: 'Newest assigned first.',
  })
  @ApiRead(LeasedAccountPage, 'A page of leased accounts')
  @ApiErrors('NOT_FOUND')
  listOfProject(
    @Caller() caller: PartnerCaller,
    @ValidRequest(ListLeasedAccountsOfProject) { path, query }: ListLeasedAccountsOfProject,
  ) {
    return this.leases.listOfProject(caller, path.projectId, query);
  }

  @Get('leased-accounts')
  @ApiOperation({
    operationId: 'listLeasedAccounts',
    summary: 'List leased accounts',
    description: 'Of all your projects, newest assigned first.',
  })
  @ApiRead(LeasedAccountPage, 'A page of leased accounts')
  list(@Caller() caller: PartnerCaller, @ValidRequest(ListLeasedAccounts) { query }: ListLeasedAccounts) {
    return this.leases.list(caller, query);
  }

  @Delete('leased-accounts/:socialAccountId')
  @ApiOperation({
    operationId: 'releaseLeasedAccount',
    summary: 'Release a leased account',
    description:
      'Immediate. The account goes back to the pool; nothing is refunded, later charges stop. Releasing it again is a 404.',
  })
  @ApiMutation(200, ReleaseView, 'Released')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  release(@Caller() caller: PartnerCaller, @ValidRequest(ReleaseLeasedAccount) input: ReleaseLeasedAccount) {
    return this.leasedAccounts.release(caller, input);
  }
}
