import { Module } from '@nestjs/common';
import { LeaseLifecycle } from './lease-lifecycle.js';

@Module({ providers: [LeaseLifecycle], exports: [LeaseLifecycle] })
export class LeaseLifecycleModule {}
