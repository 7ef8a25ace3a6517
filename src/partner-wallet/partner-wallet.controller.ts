import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { PartnerCaller } from '../audit/actor.js';
import { ApiRead } from '../docs/answers.js';
import { Caller, PartnerApi } from '../traffic/partner-api.js';
import { ValidRequest } from '../traffic/valid-request.js';
import { ListTransactions, ReadWallet, TransactionPage, WalletView } from './dto/wallet.js';
import { PartnerWalletService } from './partner-wallet.service.js';

@PartnerApi()
@ApiTags('Introspection')
@Controller('v1/wallet')
export class PartnerWalletController {
  constructor(private readonly wallet: PartnerWalletService) {}

  @Get()
  @ApiOperation({ summary: 'Read the wallet', description: 'Needs no scope.' })
  @ApiRead(WalletView, 'What the wallet holds and will not cover')
  show(@Caller() caller: PartnerCaller, @ValidRequest(ReadWallet) _input: ReadWallet) {
    return this.wallet.show(caller);
  }

  @Get('transactions')
  @ApiOperation({ summary: 'List the wallet’s transactions', description: 'Newest first. Needs no scope.' })
  @ApiRead(TransactionPage, 'A page of transactions')
  transactions(@Caller() caller: PartnerCaller, @ValidRequest(ListTransactions) { query }: ListTransactions) {
    return this.wallet.transactions(caller, query);
  }
}
