import type { ApiResponseOptions } from '@nestjs/swagger';
import { endpointClasses } from '../rate-limits.js';

type Headers = NonNullable<ApiResponseOptions['headers']>;

/** Of every response. */
export const responseHeaders: Headers = {
  'X-Request-Id': {
    description: 'The id of this call; quote it when you contact us.',
    required: true,
    schema: { type: 'string', pattern: '^req_[0-9A-HJKMNP-TV-Z]{26}$' },
  },
};

/** Of every authenticated response, unless the key has no limits. */
export const rateHeaders: Headers = {
  'X-RateLimit-Limit': { description: 'What the window of a minute or a day allows.', schema: { type: 'integer' } },
  'X-RateLimit-Remaining': { description: 'What is left in it.', schema: { type: 'integer' } },
  'X-RateLimit-Reset': {
    description: 'When the next window begins and all of it is left again, in Unix seconds.',
    schema: { type: 'integer' },
  },
  'X-RateLimit-Endpoint-Class': {
    description: 'The class of this route.',
    schema: { type: 'string', enum: [...endpointClasses] },
  },
};

export const retryAfter: Headers = {
  'Retry-After': { description: 'Whole seconds after which a retry makes sense.', schema: { type: 'integer' } },
};

export const authenticate: Headers = {
  'WWW-Authenticate': { description: 'How to authenticate.', schema: { type: 'string', enum: ['Bearer'] } },
};

export const allow: Headers = {
  Allow: { description: 'The methods of this path.', required: true, schema: { type: 'string' } },
};

export const location: Headers = {
  Location: { description: 'What to poll.', required: true, schema: { type: 'string', format: 'uri-reference' } },
};

export const replayed: Headers = {
  'Idempotent-Replayed': {
    description: 'On the answer of an earlier call that is sent again.',
    schema: { type: 'string', enum: ['true'] },
  },
};
