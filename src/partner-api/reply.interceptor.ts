import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';

/** The answer to a mutating call, as the text that is stored and sent. */
export class Reply {
  constructor(
    readonly body: string,
    /** An earlier call did the work. */
    readonly replayed: boolean,
  ) {}
}

/** Sends a `Reply` byte for byte and leaves anything else as it is. */
@Injectable()
export class ReplyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(map((outcome) => (outcome instanceof Reply ? toBody(outcome, response) : outcome)));
  }
}

function toBody(reply: Reply, response: Response): string {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  if (reply.replayed) response.setHeader('Idempotent-Replayed', 'true');
  return reply.body;
}
