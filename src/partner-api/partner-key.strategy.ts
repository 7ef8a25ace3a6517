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

/** Finds out whose key a call brings. Nothing but one `Authorization: Bearer lp_…` header authenticates. */
@Injectable()
export class PartnerKeyStrategy extends PassportStrategy(Strategy, 'partner-key') {
  constructor(
    private readonly admission: AdmissionService,
    private readonly failures: FailedAuthentications,
    private readonly trail: RejectionAudit,
  ) {
    super();
  }

  /** @throws Unauthenticated, or RateLimited for an address that failed too often */
  async validate(request: PartnerRequest): Promise<Admission> {
    const demand = request.demand!;
    const token = readBearerToken(request.rawHeaders);
    const key = token === null ? null : parseApiKey(token);
    const admission = key && (await this.admission.admit(key, demand));
    if (admission?.refusal) this.trail.record(admission, request.callId);
    if (admission && !(admission.refusal instanceof Unauthenticated)) return admission;

    const wait = await this.failures.count(request.ip ?? 'unknown');
    if (wait !== null) throw new RateLimited(demand.endpointClass, 'minute', wait, TOO_MANY_FAILURES);
    throw new Unauthenticated();
  }
}

/** The one bearer token of a call. Node keeps the first of two Authorization headers silently, so the raw ones are read. */
function readBearerToken(rawHeaders: string[]): string | null {
  const values = rawHeaders.filter((_, place) => place % 2 === 1 && /^authorization$/i.test(rawHeaders[place - 1]!));
  if (values.length !== 1) return null;
  return /^Bearer +(\S+)$/i.exec(values[0]!)?.[1] ?? null;
}
