import { Module } from '@nestjs/common';
import { EventRecorder } from './event-recorder.js';
import { EventSequencer } from './event-sequencer.js';

@Module({ providers: [EventRecorder, EventSequencer], exports: [EventRecorder, EventSequencer] })
export class EventsModule {}
