import type { FieldError } from '../../core/errors.js';

/** What staff call the fields of the panel's API; the others are called by their names. */
const labels: Record<string, string> = {
  amountCents: 'the amount in cents',
  apiKeyId: 'the API key',
  blocker: 'the blocker',
  body: 'the note',
  code: 'the code',
  confirmedCents: 'the repeated amount',
  countries: 'the countries',
  current: 'your current password',
  digest: 'what was confirmed',
  email: 'the email',
  env: 'the environment',
  expectedPriceCents: 'the price that you saw',
  file: 'the file',
  followers: 'the number of followers',
  graceSeconds: 'how long the old key works, in seconds,',
  handle: 'the handle',
  items: 'what is ticked',
  language: 'the language',
  lookAgainOn: 'the day to look again',
  name: 'the name',
  newSocialAccountId: 'the new account',
  note: 'the note to the partner',
  noteId: 'the note',
  oldAccountTo: 'what happens to the old account',
  organizationId: 'the partner',
  outcomeReason: 'the reason to close it',
  password: 'the password',
  priceCents: 'the monthly price in cents',
  projectId: 'the project',
  projects: 'the list of projects',
  reason: 'the reason',
  reference: 'the reference',
  refund: 'whether it is refunded',
  leaseRequestId: 'the request',
  requestId: 'the request',
  role: 'the role',
  scopes: 'the list of scopes',
  socialAccountId: 'the account',
  staffId: 'the colleague',
  status: 'the status',
  synonym: 'the word',
  takeOver: 'whether it is taken over',
  tier: 'the rate limit',
  version: 'the version that you saw',
  vertical: 'the vertical',
  verticals: 'the list of verticals',
  visibility: 'the visibility',
  walletCents: 'the money in the wallet in cents',
};

/** Messages that continue the field's label; any other is a sentence without it. */
const continuesLabel = /^(must|is|has|may|cannot) /;
/** Only programs cause these; they know the field by its path. */
const programErrors = ['must be an object', 'is not a known field'];

export function toFieldErrorText({ path, message }: FieldError): string {
  if (programErrors.includes(message)) return `${path} ${message}`;
  const label = Object.hasOwn(labels, path) ? labels[path] : path;
  if (message.startsWith('each item ')) return `${label}: ${message}`;
  return continuesLabel.test(message) ? `${label} ${message}` : message;
}
