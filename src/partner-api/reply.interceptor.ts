import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { map, type Observable } from 'rxjs';

/** The answer to a mutating call, as the text that is kept and sent. */
export class Reply {
  constructor(
    readonly body: string,
    /** Whether an earlier call did the work. */
    readonly replayed: boolean,
  ) {}
}

/** Sends a kept answer byte for byte; anything else passes. */
@Injectable()
export class ReplyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(map((outcome) => (outcome instanceof Reply ? toText(outcome, response) : outcome)));
  }
}

function toText(answer: Reply, response: Response): string {
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  if (answer.replayed) response.setHeader('Idempotent-Replayed', 'true');
  return answer.body;
}
