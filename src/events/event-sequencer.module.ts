import { Module } from '@nestjs/common';
import { EventSequencer } from './event-sequencer.js';

/** Separate from EventsModule: the command line records events, and leaves their order to a process that has all subscribers. */
@Module({ providers: [EventSequencer], exports: [EventSequencer] })
export class EventSequencerModule {}
