import { Controller, Get } from '@nestjs/common';
import type { PartnerCaller } from '../authorization/actor.js';
import { ApiOperation, ApiTags } from '../partner-api/openapi/decorators.js';
import { ApiRead } from '../partner-api/openapi/success-responses.js';
import { Caller, PartnerApi } from '../partner-api/partner-api.decorators.js';
import { ValidRequest } from '../partner-api/validation/valid-request.decorator.js';
import { ListTransactions, ReadWallet, TransactionPage, WalletView } from './dto/wallet.js';
import { WalletApiService } from './wallet-api.service.js';

@PartnerApi()
@ApiTags('Introspection')
@Controller('v1/wallet')
export class WalletController {
  constructor(private readonly wallet: WalletApiService) {}

  @Get()
  @ApiOperation({ operationId: 'getWallet', summary: 'Read the wallet', description: 'Needs no scope.' })
  @ApiRead(WalletView, 'What the wallet holds and will not cover')
  show(@Caller() caller: PartnerCaller, @ValidRequest(ReadWallet) _input: ReadWallet) {
    return this.wallet.show(caller);
  }

  @Get('transactions')
  @ApiOperation({
    operationId: 'listWalletTransactions',
    summary: 'List the wallet’s transactions',
    description: 'Newest first. Needs no scope.',
  })
  @ApiRead(TransactionPage, 'A page of transactions')
  transactions(@Caller() caller: PartnerCaller, @ValidRequest(ListTransactions) { query }: ListTransactions) {
    return this.wallet.transactions(caller, query);
  }
}
