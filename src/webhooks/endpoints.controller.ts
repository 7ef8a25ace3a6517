import { Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { PartnerCaller } from '../authorization/actor.js';
import { GoesByRealTime } from '../partner-api/partner-call.interceptor.js';
import { ApiErrors } from '../partner-api/openapi/error-responses.js';
import { ApiMutation, ApiRead } from '../partner-api/openapi/success-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import {
  CreatedEndpoint,
  CreateEndpoint,
  DeletedEndpoint,
  DeleteEndpoint,
  EndpointPage,
  EndpointView,
  ListEndpoints,
  ReadEndpoint,
  RotatedSecret,
  RotateSecret,
  UpdateEndpoint,
} from './dto/endpoints.js';
import { EndpointsService } from './endpoints.service.js';

@PartnerApi()
@GoesByRealTime()
@ApiTags('Webhooks')
@Controller('v1/webhook-endpoints')
export class EndpointsController {
  constructor(private readonly endpoints: EndpointsService) {}

  @Post()
  @HttpCode(201)
  @ApiOperation({
    operationId: 'createWebhookEndpoint',
    summary: 'Create a webhook endpoint',
    description:
      'Events of the types named are posted to its URL from now on, signed with a secret that is shown this once. An organization has at most 50 endpoints. Needs no scope.',
  })
  @ApiMutation(201, CreatedEndpoint, 'Created')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  create(@Caller() caller: PartnerCaller, @ValidRequest(CreateEndpoint) input: CreateEndpoint) {
    return this.endpoints.create(caller, input);
  }

  @Get()
  @ApiOperation({
    operationId: 'listWebhookEndpoints',
    summary: 'List your webhook endpoints',
    description: 'Newest first. Needs no scope.',
  })
  @ApiRead(EndpointPage, 'A page of endpoints')
  list(@Caller() caller: PartnerCaller, @ValidRequest(ListEndpoints) { query }: ListEndpoints) {
    return this.endpoints.list(caller, query);
  }

  @Get(':endpointId')
  @ApiOperation({
    operationId: 'getWebhookEndpoint',
    summary: 'Read a webhook endpoint',
    description: 'Needs no scope.',
  })
  @ApiRead(EndpointView, 'The endpoint')
  @ApiErrors('NOT_FOUND')
  read(@Caller() caller: PartnerCaller, @ValidRequest(ReadEndpoint) { path }: ReadEndpoint) {
    return this.endpoints.read(caller, path.endpointId);
  }

  @Patch(':endpointId')
  @ApiOperation({
    operationId: 'updateWebhookEndpoint',
    summary: 'Change a webhook endpoint',
    description:
      'At least one field; what is not given stays. Pausing abandons what is pending; the events of a paused endpoint wait for a replay. Needs no scope.',
  })
  @ApiMutation(200, EndpointView, 'Changed')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  update(@Caller() caller: PartnerCaller, @ValidRequest(UpdateEndpoint) input: UpdateEndpoint) {
    return this.endpoints.update(caller, input);
  }

  @Delete(':endpointId')
  @ApiOperation({
    operationId: 'deleteWebhookEndpoint',
    summary: 'Delete a webhook endpoint',
    description: 'For good; what is pending is abandoned. A second deletion is a 404. Needs no scope.',
  })
  @ApiMutation(200, DeletedEndpoint, 'Deleted')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  delete(@Caller() caller: PartnerCaller, @ValidRequest(DeleteEndpoint) input: DeleteEndpoint) {
    return this.endpoints.delete(caller, input);
  }

  @Post(':endpointId/rotate-secret')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'rotateWebhookSecret',
    summary: 'Rotate the signing secret',
    description:
      'The new secret is shown this once. The one before signs too for 24 hours: the signature has a `v1` for each. Needs no scope.',
  })
  @ApiMutation(200, RotatedSecret, 'Rotated')
  @ApiErrors('NOT_FOUND', 'CONFLICT')
  rotateSecret(@Caller() caller: PartnerCaller, @ValidRequest(RotateSecret) input: RotateSecret) {
    return this.endpoints.rotateSecret(caller, input);
  }
}
