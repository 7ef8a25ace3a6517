import { ApiProperty } from '../../partner-api/openapi/decorators.js';
import { IsWholeNumber } from '../../core/validation.js';
import { Field } from '../../partner-api/validation/field.js';
import { MutationOf } from '../../partner-api/validation/request-parts.js';

/** $100,000.00, ten times what a sandbox begins with. */
const MAX_TOP_UP_CENTS = 10_000_000;

class TopUpSandboxBody {
  @Field({
    type: 'integer',
    minimum: 1,
    maximum: MAX_TOP_UP_CENTS,
    description: 'Play money in cents. A sandbox begins with 1,000,000.',
    example: 1_000_000,
  })
  @IsWholeNumber(1, MAX_TOP_UP_CENTS)
  amountCents: number;
}

export class TopUpSandbox extends MutationOf({ body: TopUpSandboxBody }) {}

/** The answer of POST /v1/sandbox/top-up. */
export class SandboxTopUp {
  @ApiProperty({
    type: 'string',
    example: 'txn_01HXZR7K8M2P4RSTVW56789ABC',
    description: 'As `GET /v1/wallet/transactions` lists it, with the kind `top_up`.',
  })
  transactionId: string;

  @ApiProperty({ type: 'integer', example: 1_000_000 })
  amountCents: number;

  @ApiProperty({
    type: 'integer',
    example: 1_010_000,
    description: 'Of the wallet right after it; what is past due is paid from that within seconds.',
  })
  balanceAfterCents: number;
}
