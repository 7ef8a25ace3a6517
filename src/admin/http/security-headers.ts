import { randomBytes } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';

/** Only the panel's own scripts run: inline ones carry the response's nonce. No other origin is loaded, and none may frame the panel. */
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
    // Under helmet's default `no-referrer` browsers send forms with `Origin: null`, which `sameOriginOnly` refuses.
    referrerPolicy: { policy: 'same-origin' },
    // The proxy that terminates TLS sets it.
    strictTransportSecurity: false,
  });
  return [createNonce, policy];
}

/** Of this response's inline scripts. */
export function getNonce(response: Response): string {
  return response.locals.nonce as string;
}

export function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  next();
}

function createNonce(_request: Request, response: Response, next: NextFunction): void {
  response.locals.nonce = randomBytes(16).toString('base64');
  next();
}
