import { ApiProperty } from '../../partner-api/openapi/decorators.js';
import {
  ProjectPath,
  ChoiceField,
  CursorField,
  LimitField,
  ProjectIdField,
  SocialAccountIdField,
  NoteField,
} from '../../partner-api/validation/common-fields.js';
import { MutationOf, ReadOf } from '../../partner-api/validation/request-parts.js';

const statuses = ['assigned', 'disconnected'] as const;
type Status = (typeof statuses)[number];

const time = { type: 'string', format: 'date-time', example: '2026-04-18T19:24:11.000Z' } as const;
const socialAccountId = { type: 'string', example: 'sa_6b1f0c53-8f0e-4f0c-9d0a-3d5f6f1f7a11' } as const;

export class LeasedAccountsQuery {
  @ChoiceField(statuses, { required: false, default: 'assigned', description: 'Only accounts in this status.' })
  status: Status = 'assigned';

  @CursorField()
  cursor?: string;

  @LimitField(50, 200)
  limit: number = 50;
}

class AllLeasedAccountsQuery extends LeasedAccountsQuery {
  @ProjectIdField({ required: false, description: 'Only accounts of this project.' })
  projectId?: string;
}

class SocialAccountPath {
  @SocialAccountIdField()
  socialAccountId: string;
}

class ReleaseBody {
  @NoteField(500, {
    required: false,
    description: 'Why it is released; kept in the audit log.',
    example: 'The campaign is over.',
  })
  reason?: string;
}

export class ListLeasedAccounts extends ReadOf({ query: AllLeasedAccountsQuery }) {}
export class ListLeasedAccountsOfProject extends ReadOf({ path: ProjectPath, query: LeasedAccountsQuery }) {}

/** DELETE /v1/leased-accounts/:socialAccountId */
export class ReleaseLeasedAccount extends MutationOf({ path: SocialAccountPath, body: ReleaseBody }) {}

/** A lease as its partner sees it; an account leased twice is two of them. */
export class LeasedAccountView {
  @ApiProperty(socialAccountId)
  socialAccountId: string;

  @ApiProperty({ type: 'string', example: 'prj_254a4ce1-f4ca-42b1-9e36-17ca45ef3d39' })
  projectId: string;

  @ApiProperty({ type: 'string', example: 'dailybrew', description: 'After a disconnect, as on that day.' })
  handle: string;

  @ApiProperty({ type: 'string', enum: ['tiktok'] })
  platform: 'tiktok';

  @ApiProperty({ type: 'integer', example: 48_200, description: 'After a disconnect, as on that day.' })
  followers: number;

  @ApiProperty({ type: 'string', enum: [...statuses] })
  status: Status;

  @ApiProperty(time)
  assignedAt: string;

  @ApiProperty({
    ...time,
    nullable: true,
    example: '2026-05-18T19:24:11.000Z',
    description: 'While past due the unpaid due time.',
  })
  nextRenewalAt: string | null;

  @ApiProperty({ type: 'integer', example: 15_000, description: 'Cents, USD.' })
  monthlyPriceCents: number;

  @ApiProperty({ type: 'string', example: 'lreq_01HXZR7K8M2P4RSTUV56789AB' })
  requestId: string;

  @ApiProperty({ ...time, required: false, description: 'Only while past due.' })
  pastDueSince?: string;

  @ApiProperty({ ...time, required: false, description: 'Only while past due: when it will be disconnected.' })
  disconnectsAt?: string;

  @ApiProperty({ ...time, required: false, description: 'Only when disconnected.' })
  disconnectedAt?: string;

  @ApiProperty({
    type: 'string',
    enum: ['released_by_partner', 'billing_exhausted', 'removed_by_layers', 'replaced'],
    required: false,
    description: 'Only when disconnected.',
  })
  disconnectedReason?: string;
}

export class LeasedAccountPage {
  @ApiProperty({ type: () => [LeasedAccountView] })
  items: LeasedAccountView[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: null,
    description: 'The `cursor` of the next page, null at the end.',
  })
  nextCursor: string | null;
}

export class ReleaseView {
  @ApiProperty(socialAccountId)
  socialAccountId: string;

  @ApiProperty({ type: 'string', enum: ['disconnected'] })
  status: 'disconnected';

  @ApiProperty({ type: 'string', enum: ['released_by_partner'] })
  disconnectedReason: 'released_by_partner';

  @ApiProperty(time)
  disconnectedAt: string;
}
