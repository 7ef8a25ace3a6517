import { Controller, Get } from '@nestjs/common';
import type { PartnerCaller } from '../authorization/actor.js';
import { ApiOperation, ApiTags } from '../partner-api/openapi/decorators.js';
import { ApiRead } from '../partner-api/openapi/success-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import { ListProjects, ProjectPage } from './dto/projects.js';
import { OwnProjectsService } from './own-projects.service.js';

@PartnerApi()
@ApiTags('Introspection')
@Controller('v1/projects')
export class ProjectsController {
  constructor(private readonly projects: OwnProjectsService) {}

  @Get()
  @ApiOperation({
    operationId: 'listProjects',
    summary: 'List your projects',
    description: 'Newest first. Needs no scope.',
  })
  @ApiRead(ProjectPage, 'A page of projects')
  list(@Caller() caller: PartnerCaller, @ValidRequest(ListProjects) { query }: ListProjects) {
    return this.projects.list(caller, query);
  }
}
