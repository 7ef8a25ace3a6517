import { ApiProperty } from '../../partner-api/openapi/decorators.js';
import {
  ChoiceField,
  CursorField,
  LimitField,
  ProjectIdField,
  UtcTimeField,
} from '../../partner-api/validation/common-fields.js';
import { ReadOf } from '../../partner-api/validation/request-parts.js';

export const transactionKinds = [
  'top_up',
  'lease_charge',
  'lease_renewal',
  'refund',
  'adjustment',
  'top_up_reversal',
  'payout',
] as const;
type TransactionKind = (typeof transactionKinds)[number];

const time = { type: 'string', format: 'date-time', example: '2026-04-18T19:24:11.000Z' } as const;
const organizationId = { type: 'string', example: 'org_8f1b8f6e-2f0a-4c52-9a4e-6f3a2a1f0b77' } as const;

export class TransactionsQuery {
  @ChoiceField(transactionKinds, { required: false, description: 'Only transactions of this kind.' })
  kind?: TransactionKind;

  @ProjectIdField({ required: false, description: 'Only transactions of leases of this project.' })
  projectId?: string;

  @UtcTimeField({ required: false, description: 'Only from this time on, ISO 8601 with Z.', example: time.example })
  since?: string;

  @UtcTimeField({ required: false, description: 'Only until this time, inclusive.', example: time.example })
  until?: string;

  @CursorField()
  cursor?: string;

  @LimitField(50, 200)
  limit: number = 50;
}

export class ReadWallet extends ReadOf({}) {}
export class ListTransactions extends ReadOf({ query: TransactionsQuery }) {}

/** GET /v1/wallet */
export class WalletView {
  @ApiProperty(organizationId)
  organizationId: string;

  @ApiProperty({ type: 'string', enum: ['USD'] })
  currency: 'USD';

  @ApiProperty({ type: 'integer', example: 100_000, description: 'What the wallet holds, in cents.' })
  balanceCents: number;

  @ApiProperty({
    type: 'integer',
    example: 0,
    description: 'What is owed after a top-up that bounced, in cents; the next top-up settles it first.',
  })
  owedCents: number;

  @ApiProperty({ type: 'integer', example: 45_000, description: 'What the live leases cost a month, in cents.' })
  monthlyCommitmentCents: number;

  @ApiProperty({ type: 'integer', example: 6, description: 'How many further accounts the wallet pays for.' })
  coversAssignments: number;

  @ApiProperty({
    ...time,
    nullable: true,
    example: '2026-05-18T19:24:11.000Z',
    description: 'While something is past due, the unpaid due time.',
  })
  nextRenewalAt: string | null;

  @ApiProperty({
    ...time,
    nullable: true,
    example: '2026-07-18T19:24:11.000Z',
    description:
      'The first renewal that the wallet does not cover if nothing is paid in; null where that is over 3 years. With more than 500 live leases the first renewal of the hour (UTC) in which that is.',
  })
  runsDryAt: string | null;

  @ApiProperty({
    type: 'integer',
    example: 0,
    description: 'The top-up that covers everything that falls due in the next 30 days, in cents.',
  })
  shortfallCents: number;

  @ApiProperty({ type: 'integer', example: 4, description: 'How many accounts your open requests still want.' })
  openRequestsWant: number;
}

export class TransactionView {
  @ApiProperty({ type: 'string', example: 'txn_01HXZR7K8M2P4RSTVW56789ABC' })
  id: string;

  @ApiProperty({ type: 'string', enum: [...transactionKinds], example: 'lease_charge' })
  kind: TransactionKind;

  @ApiProperty({ type: 'integer', example: -15_000, description: 'Cents; negative where it took from the wallet.' })
  amountCents: number;

  @ApiProperty({ type: 'integer', example: 85_000, description: 'What the wallet held after it, in cents.' })
  balanceAfterCents: number;

  @ApiProperty({ type: 'string', nullable: true, example: 'sa_6b1f0c53-8f0e-4f0c-9d0a-3d5f6f1f7a11' })
  socialAccountId: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: 'lreq_01HXZR7K8M2P4RSTUV56789AB' })
  requestId: string | null;

  @ApiProperty({ ...time, nullable: true, description: 'The beginning of the month that it pays for.' })
  periodStart: string | null;

  @ApiProperty(time)
  createdAt: string;
}

export class TransactionPage {
  @ApiProperty({ type: () => [TransactionView] })
  items: TransactionView[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: null,
    description: 'The `cursor` of the next page, null at the end.',
  })
  nextCursor: string | null;
}
