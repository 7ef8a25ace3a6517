import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import { RateLimited, Unauthenticated } from '../core/errors.js';
import { parseApiKey } from './api-key-format.js';
import { AdmissionService, type Admission } from './admission.service.js';
import { FailedAuthentications } from './failed-authentications.js';
import type { PartnerRequest } from './partner-request.js';
import { RejectionAudit } from './rejection-audit.js';

const TOO_MANY_FAILURES = 'Too many calls of this minute from this network failed to authenticate';

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
    const token = readBearerToken(request.rawHeaders);
    const key = token === null ? null : parseApiKey(token);
    const admission = key && (await this.admission.admit(key, requirements));
    if (admission?.refusal) this.rejectionAudit.record(admission, request.callId);
    if (admission && !(admission.refusal instanceof Unauthenticated)) return admission;

    const waitSeconds = await this.failures.count(request.ip ?? 'unknown');
    if (waitSeconds !== null) {
      throw new RateLimited(requirements.endpointClass, 'minute', waitSeconds, TOO_MANY_FAILURES);
    }
    throw new Unauthenticated();
  }
}

/** Reads the raw headers: of two Authorization headers Node silently keeps the first. */
function readBearerToken(rawHeaders: string[]): string | null {
  const values = rawHeaders.filter((_, index) => index % 2 === 1 && /^authorization$/i.test(rawHeaders[index - 1]!));
  if (values.length !== 1) return null;
  return /^Bearer +(\S+)$/i.exec(values[0]!)?.[1] ?? null;
}
