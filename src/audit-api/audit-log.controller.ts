import { Controller, Get } from '@nestjs/common';
import type { PartnerCaller } from '../authorization/actor.js';
import { ApiOperation, ApiTags } from '../partner-api/openapi/decorators.js';
import { ApiRead } from '../partner-api/openapi/success-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import { AuditLogService } from './audit-log.service.js';
import { AuditLogPage, ReadAuditLog } from './dto/audit-log.js';

@PartnerApi()
@ApiTags('Introspection')
@Controller('v1/audit-log')
export class AuditLogController {
  constructor(private readonly auditLog: AuditLogService) {}

  @Get()
  @ApiOperation({
    operationId: 'listAuditEvents',
    summary: 'Read the audit log',
    description:
      'What happened to your requests, accounts, wallet, keys and webhooks, and who did it, newest first. Needs no scope.',
  })
  @ApiRead(AuditLogPage, 'A page of the audit log')
  list(@Caller() caller: PartnerCaller, @ValidRequest(ReadAuditLog) { query }: ReadAuditLog) {
    return this.auditLog.list(caller, query);
  }
}
