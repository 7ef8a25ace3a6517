import { Module } from '@nestjs/common';
import { ClaimsService } from './claims.service.js';

/** Claims by themselves: who signs people out and disables them ends their claims too. */
@Module({ providers: [ClaimsService], exports: [ClaimsService] })
export class ClaimsModule {}
