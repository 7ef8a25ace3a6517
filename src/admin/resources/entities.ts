import { SocialAccountEntity } from '../../account-pool/social-account.entity.js';
import { VerticalEntity } from '../../account-pool/vertical.entity.js';
import { ApiCallEntity } from '../../calls/api-call.entity.js';
import { AuditEventEntity } from '../../audit/audit-event.entity.js';
import { RequestNoteEntity } from '../../lease-requests/request-note.entity.js';
import { LeaseRequestEntity } from '../../lease-requests/lease-request.entity.js';
import { LeaseEntity } from '../../leases/lease.entity.js';
import { ApiKeyEntity } from '../../partners/api-key.entity.js';
import { OrganizationEntity } from '../../partners/organization.entity.js';
import { ProjectEntity } from '../../partners/project.entity.js';
import { StaffMemberEntity } from '../../staff/staff-member.entity.js';
import { LedgerTransferEntity } from '../../wallets/ledger-transfer.entity.js';
import { WebhookDeliveryEntity } from '../../webhooks/webhook-delivery.entity.js';
import { WebhookEndpointEntity } from '../../webhooks/webhook-endpoint.entity.js';
import { WalletEntity } from '../../wallets/wallet.entity.js';

export const panelEntities = [
  ApiCallEntity,
  ApiKeyEntity,
  AuditEventEntity,
  LeaseEntity,
  LeaseRequestEntity,
  LedgerTransferEntity,
  OrganizationEntity,
  ProjectEntity,
  RequestNoteEntity,
  SocialAccountEntity,
  StaffMemberEntity,
  VerticalEntity,
  WalletEntity,
  WebhookDeliveryEntity,
  WebhookEndpointEntity,
];
