import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { map, type Observable } from 'rxjs';
import { compressLarge } from './compress-large.js';

/** An answer as the text that is stored and sent. */
export class Reply {
  /** What to poll. */
  location: string | null = null;

  constructor(
    readonly body: string,
    /** An earlier call did the work. */
    readonly replayed: boolean,
  ) {}
}

/** Sends a `Reply` byte for byte, and anything else as JSON. */
@Injectable()
export class ReplyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    return next.handle().pipe(
      map((outcome: unknown) => {
        if (outcome instanceof Reply) setReplyHeaders(outcome, response);
        const body = outcome instanceof Reply ? outcome.body : JSON.stringify(outcome);
        response.setHeader('Content-Type', 'application/json; charset=utf-8');
        compressLarge(request, response, body);
        return body;
      }),
    );
  }
}

function setReplyHeaders({ replayed, location }: Reply, response: Response): void {
  if (replayed) response.setHeader('Idempotent-Replayed', 'true');
  if (location !== null) response.setHeader('Location', location);
}
