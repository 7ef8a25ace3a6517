import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { LeaseEvents } from './lease-events.js';
import { LeaseLifecycle } from './lease-lifecycle.js';

@Module({ imports: [EventsModule], providers: [LeaseEvents, LeaseLifecycle], exports: [LeaseEvents, LeaseLifecycle] })
export class LeaseLifecycleModule {}
