import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import { RateLimited, Unauthenticated } from '../core/errors.js';
import { AdmissionService, type Admission } from './admission.service.js';
import { FailedAuthentications } from './failed-authentications.js';
import type { PartnerRequest } from './partner-request.js';
import { readApiKey } from './presented-key.js';
import { RejectionAudit } from './rejection-audit.js';

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
