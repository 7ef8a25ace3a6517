import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import { RateLimited, Unauthenticated } from '../core/errors.js';
import { parseApiKey, type ApiKeyParts } from './api-key-format.js';
import { AdmissionService, type Admission } from './admission.service.js';
import { FailedAuthentications } from './failed-authentications.js';
import type { PartnerRequest } from './partner-request.js';
import { RejectionAudit } from './rejection-audit.js';

const MALFORMED_KEY =
  'The API key is malformed: it must be lp_live_ or lp_test_, 16 characters, an underscore and 43 characters.';
const TOO_MANY_FAILURES = 'Too many failed authentications from this network this minute';

/** Authenticates a call by exactly one `Authorization: Bearer lp_…` header, and by nothing else. */
@Injectable()
export class PartnerKeyStrategy extends PassportStrategy(Strategy, 'partner-key') {
  constructor(
    private readonly admission: AdmissionService,
    private readonly failures: FailedAuthentications,
    private readonly rejectionAudit: RejectionAudit,
  ) {
    super();
  }

  /** @throws Unauthenticated, or RateLimited for a network that failed too often */
  async validate(request: PartnerRequest): Promise<Admission> {
    const requirements = request.requirements!;
    const key = readApiKey(request.rawHeaders);
    if (!(key instanceof Unauthenticated)) request.keyPrefix = key.prefix;
    const admission = key instanceof Unauthenticated ? null : await this.admission.admit(key, requirements);
    if (admission?.refusal) this.rejectionAudit.record(admission, request.callId);
    if (admission && !(admission.refusal instanceof Unauthenticated)) return admission;

    const waitSeconds = await this.failures.count(request.ip ?? 'unknown');
    if (waitSeconds !== null) {
      throw new RateLimited(requirements.endpointClass, 'minute', waitSeconds, TOO_MANY_FAILURES);
    }
    throw key instanceof Unauthenticated ? key : new Unauthenticated();
  }
}

/** Reads the raw headers: of two Authorization headers Node silently keeps the first. @returns what is wrong, where something is */
function readApiKey(rawHeaders: string[]): ApiKeyParts | Unauthenticated {
  const values = rawHeaders.filter((_, index) => index % 2 === 1 && /^authorization$/i.test(rawHeaders[index - 1]!));
  if (values.length === 0) return new Unauthenticated('The API key is missing: send Authorization: Bearer lp_….');
  if (values.length > 1) return new Unauthenticated('There are several Authorization headers; send one.');
  const token = /^Bearer +(\S+)$/i.exec(values[0]!)?.[1];
  if (!token) {
    return new Unauthenticated('The Authorization header is malformed: it must be Bearer, a space and the API key.');
  }
  return parseApiKey(token) ?? new Unauthenticated(MALFORMED_KEY);
}
