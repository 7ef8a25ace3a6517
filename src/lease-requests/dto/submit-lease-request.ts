import type { FieldError } from '../../core/errors.js';
import { countries, isCountry } from '../../core/countries.js';
import { LANGUAGE_PATTERN, toCanonicalLanguage } from '../../core/languages.js';
import { IsListOf, IsText, IsWholeNumber, validationRule } from '../../core/validation.js';
import {
  ProjectPath,
  PartnerRequestIdField,
  ProjectIdField,
  NoteField,
  TextField,
} from '../../partner-api/validation/common-fields.js';
import { Field } from '../../partner-api/validation/field.js';
import { MetadataField, type Metadata } from '../../partner-api/validation/metadata-fields.js';
import { MutationOf } from '../../partner-api/validation/request-parts.js';
import { toTrimmedTextPattern } from '../../partner-api/validation/text-patterns.js';

const MAX_VERTICAL_LENGTH = 100;
const MAX_COUNTRIES = 50;
const MAX_LANGUAGE_LENGTH = 100;

function findCountryError(code: unknown): string | null {
  if (isCountry(code)) return null;
  const hint = code === 'UK' ? ': the United Kingdom is GB' : '';
  return `must be an ISO 3166-1 alpha-2 code in upper case${hint}`;
}

/** The requested kind of account. */
export class Niche {
  @Field(
    {
      type: 'string',
      minLength: 1,
      pattern: toTrimmedTextPattern(MAX_VERTICAL_LENGTH),
      description: `Broad category: coffee, fitness, mobile games. At most ${MAX_VERTICAL_LENGTH} characters without the white space around it.`,
      example: 'coffee',
    },
    { read: (value) => (typeof value === 'string' ? value.trim() : value) },
  )
  @IsText(1, MAX_VERTICAL_LENGTH)
  vertical: string;

  @TextField(500, { required: false, description: 'Target audience.', example: 'home baristas 25–40' })
  audience?: string;

  @Field(
    {
      type: 'string',
      required: false,
      maxLength: MAX_LANGUAGE_LENGTH,
      pattern: LANGUAGE_PATTERN,
      description: 'BCP 47 language tag, shown in canonical casing. Decides which language pools are searched.',
      example: 'en',
    },
    { read: (value) => (typeof value === 'string' ? (toCanonicalLanguage(value) ?? value) : value) },
  )
  @validationRule('isLanguage', (value) =>
    typeof value === 'string' && value.length <= MAX_LANGUAGE_LENGTH && toCanonicalLanguage(value) !== null
      ? null
      : 'must be a BCP 47 language tag',
  )
  language?: string;

  @Field(
    {
      type: 'array',
      items: { type: 'string', enum: countries },
      required: false,
      uniqueItems: true,
      maxItems: MAX_COUNTRIES,
      description: 'ISO 3166-1 alpha-2 codes in upper case. Used to match accounts with relevant audiences.',
      example: ['US', 'CA', 'GB'],
    },
    { findItemError: findCountryError },
  )
  @IsListOf(0, MAX_COUNTRIES, findCountryError)
  geo?: string[];
}

export class SubmitLeaseRequestBody {
  @ProjectIdField({ description: 'Must equal the project of the path.' })
  projectId: string;

  @Field({ type: 'integer', minimum: 1, maximum: 50, description: 'How many accounts to lease.', example: 5 })
  @IsWholeNumber(1, 50)
  count: number;

  @Field({ description: 'What kind of account you want.' }, { nested: Niche })
  niche: Niche;

  @TextField(2000, {
    required: false,
    description: 'What content will run on these accounts.',
    example: 'Short-form brew tutorials; paid UGC-style creative for ads.',
  })
  target?: string;

  @NoteField(2000, {
    required: false,
    description: 'Any extra context. White space around it does not count.',
  })
  note?: string;

  @MetadataField()
  metadata?: Metadata;

  @PartnerRequestIdField()
  requestId?: string;
}

/** POST /v1/projects/:projectId/leased-accounts/request */
export class SubmitLeaseRequest extends MutationOf({ path: ProjectPath, body: SubmitLeaseRequestBody }) {
  static findCrossFieldErrors({ path, body }: SubmitLeaseRequest, isValid: (path: string) => boolean): FieldError[] {
    const areComparable = isValid('path.projectId') && isValid('projectId') && isValid('body');
    return areComparable && path.projectId !== body.projectId
      ? [{ path: 'projectId', message: 'must equal the project of the path' }]
      : [];
  }
}
