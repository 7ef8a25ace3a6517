import type { Response } from 'express';

/** An answer as the text that is stored and sent. */
export class Reply {
  /** What to poll. */
  location: string | null = null;

  constructor(
    readonly body: string,
    /** An earlier call did the work. */
    readonly replayed: boolean,
  ) {}

  setHeaders(response: Response): void {
    if (this.replayed) response.setHeader('Idempotent-Replayed', 'true');
    if (this.location !== null) response.setHeader('Location', this.location);
  }
}
