import { randomBytes } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** The panel runs its own scripts alone: each inline one carries the answer's nonce, nothing is fetched from elsewhere, nobody frames it. */
export function securityHeaders(): RequestHandler[] {
  const policy = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", (_request, response) => `'nonce-${getNonce(response as Response)}'`],
        // The design system writes its style sheets while it runs.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
      },
    },
    // Under helmet's own `no-referrer` browsers send forms with `Origin: null`, and the sign-in would be refused as foreign.
    referrerPolicy: { policy: 'same-origin' },
    // Whoever serves the panel over TLS says so at the proxy.
    strictTransportSecurity: false,
  });
  return [makeNonce, policy];
}

/** The nonce of this answer's inline scripts. */
export function getNonce(response: Response): string {
  return response.locals.nonce as string;
}

/** Answers about people and money are kept in no cache. */
export function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  next();
}

function makeNonce(_request: Request, response: Response, next: NextFunction): void {
  response.locals.nonce = randomBytes(16).toString('base64');
  next();
}
