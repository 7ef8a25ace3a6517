import type { FieldError } from '../../core/errors.js';

/** What staff call the fields of the panel's API; what is not here is a word already. */
const names: Record<string, string> = {
  amountCents: 'the amount in cents',
  apiKeyId: 'the API key',
  blocker: 'the blocker',
  body: 'the note',
  code: 'the code',
  countries: 'the countries',
  current: 'your present password',
  digest: 'what was confirmed',
  email: 'the email',
  env: 'the environment',
  expectedPriceCents: 'the price that you saw',
  file: 'the file',
  followers: 'the number of followers',
  handle: 'the handle',
  items: 'what is ticked',
  language: 'the language',
  lookAgainOn: 'the day to look again',
  name: 'the name',
  newSocialAccountId: 'the new account',
  note: 'the note to the partner',
  noteId: 'the note',
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
  visibility: 'who reads the note',
  walletCents: 'the money in the wallet in cents',
};

/** A fault that says something of its field; any other is whole without the field's name. */
const ofField = /^(must|is|has|may|goes|cannot) /;
/** A call whose whole body is wrong, or that sends what nothing asks for, was made by a program. */
const ofProgram = ['must be an object', 'is not a known field'];

/** A fault of a field as a colleague would say it. */
export function toFieldErrorText({ path, message }: FieldError): string {
  if (ofProgram.includes(message)) return `${path} ${message}`;
  const name = Object.hasOwn(names, path) ? names[path] : path;
  if (message.startsWith('each item ')) return `${name}: ${message}`;
  return ofField.test(message) ? `${name} ${message}` : message;
}
