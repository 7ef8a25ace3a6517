import { applyDecorators } from '@nestjs/common';
import type { ApiPropertyOptions } from '@nestjs/swagger';
import { isStorableText, UTC_TIME } from '../../core/text.js';
import { hasVisibleText } from '../../core/text-key.js';
import { isPrefixedUuid, UUID_PATTERN } from '../../core/ids.js';
import { looksLikeCursor } from '../../core/pages.js';
import { IsOneOf, IsUtcMoment, IsWholeNumber, validationRule } from '../../core/validation.js';
import { Field } from './field.js';
import { toTextPattern } from './text-patterns.js';

export function ProjectIdField(docs: ApiPropertyOptions = {}): PropertyDecorator {
  return PrefixedUuidField('prj', {
    example: 'prj_254a4ce1-f4ca-42b1-9e36-17ca45ef3d39',
    description: 'The project; it must be of your organization.',
    ...docs,
  });
}

export function SocialAccountIdField(): PropertyDecorator {
  return PrefixedUuidField('sa', {
    example: 'sa_6b1f0c53-8f0e-4f0c-9d0a-3d5f6f1f7a11',
    description: 'The leased account.',
  });
}

export function ApiKeyIdField(docs: ApiPropertyOptions = {}): PropertyDecorator {
  return PrefixedUuidField('key', { description: 'The API key.', ...docs });
}

export function PrefixedUuidField(prefix: 'prj' | 'sa' | 'whe' | 'key', docs: ApiPropertyOptions): PropertyDecorator {
  return applyDecorators(
    Field({
      type: 'string',
      pattern: `^${prefix}_${UUID_PATTERN}$`,
      ...docs,
    } as ApiPropertyOptions),
    validationRule('isPrefixedUuid', (value) =>
      typeof value === 'string' && isPrefixedUuid(prefix, value) ? null : `must be ${prefix}_ and a UUID`,
    ),
  );
}

const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** The partner's id of a request, or ours where the partner gave none. */
export function RequestIdField(): PropertyDecorator {
  return applyDecorators(
    Field({
      type: 'string',
      pattern: REQUEST_ID.source,
      example: 'lreq_01HXZR7K8M2P4RSTUV56789AB',
      description: 'The `requestId` of the answer to your request.',
    }),
    validationRule('isRequestId', (value) =>
      typeof value === 'string' && REQUEST_ID.test(value) ? null : 'must be the id of a lease request',
    ),
  );
}

/** An id that the partner chooses for its request. */
export function PartnerRequestIdField(): PropertyDecorator {
  return applyDecorators(
    Field({
      type: 'string',
      required: false,
      pattern: '^(?!lreq_)[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$',
      example: 'spring-campaign-17',
      description:
        'Your own id of this request, unique in your organization; without it we make one. The same id with the same body always replays the first answer.',
    }),
    validationRule('isOwnRequestId', (value) => {
      if (typeof value !== 'string' || !REQUEST_ID.test(value)) {
        return 'must be 1 to 64 of A-Z a-z 0-9 . _ : - and begin with a letter or digit';
      }
      return value.startsWith('lreq_') ? 'must not begin with lreq_' : null;
    }),
  );
}

/** A note, stored without the white space around it. @param max code points as it was sent @param docs without `minLength` it may be blank */
export function NoteField(max: number, docs: ApiPropertyOptions & { minLength?: 1 }): PropertyDecorator {
  const pattern = toTextPattern(docs.minLength ? 'nothing' : 'blank');
  return applyDecorators(
    Field({ type: 'string', maxLength: max, pattern, ...docs } as ApiPropertyOptions, {
      read: (value) => (typeof value === 'string' && !isLonger(value, max) ? value.trim() : value),
    }),
    isStoredText(max, docs),
  );
}

/** A text that is stored as it was sent. @param max code points @param docs without `minLength` the text may be empty */
export function TextField(max: number, docs: ApiPropertyOptions & { minLength?: 1 }): PropertyDecorator {
  const pattern = toTextPattern(docs.minLength ? 'nothing' : 'empty');
  return applyDecorators(
    Field({ type: 'string', maxLength: max, pattern, ...docs } as ApiPropertyOptions),
    isStoredText(max, docs),
  );
}

/** Counts code points, where there may be too many. */
function isLonger(text: string, max: number): boolean {
  return text.length > max && [...text].length > max;
}

function isStoredText(max: number, docs: { minLength?: number }): PropertyDecorator {
  return validationRule('isStoredText', (value) => {
    if (typeof value !== 'string') return 'must be text';
    if (!isStorableText(value)) return 'must not contain NUL or half a surrogate pair';
    if (value === '') return docs.minLength ? 'must not be empty' : null;
    if (isLonger(value, max)) return `must have at most ${max} characters`;
    return hasVisibleText(value) ? null : 'must have at least one visible character';
  });
}

/** The size of a page. @param defaultLimit for the documentation; the property's initial value is the default */
export function LimitField(defaultLimit: number, max: number): PropertyDecorator {
  return applyDecorators(
    Field(
      {
        type: 'integer',
        required: false,
        minimum: 1,
        maximum: max,
        default: defaultLimit,
        description: 'The most items to answer with.',
      },
      { read: (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value) },
    ),
    IsWholeNumber(1, max),
  );
}

export function CursorField(): PropertyDecorator {
  return applyDecorators(
    Field({
      type: 'string',
      required: false,
      description: 'The `nextCursor` of the page before, with the same filters.',
    }),
    validationRule('isCursor', (value) =>
      typeof value === 'string' && looksLikeCursor(value) ? null : 'is not a cursor of this list',
    ),
  );
}

export function ChoiceField(allowed: readonly string[], docs: ApiPropertyOptions): PropertyDecorator {
  return applyDecorators(
    Field({ type: 'string', enum: [...allowed], ...docs } as ApiPropertyOptions),
    IsOneOf(allowed),
  );
}

/** A time in ISO 8601 with `Z`. */
export function UtcTimeField(docs: ApiPropertyOptions): PropertyDecorator {
  return applyDecorators(
    Field({ type: 'string', format: 'date-time', pattern: UTC_TIME.source, ...docs } as ApiPropertyOptions),
    IsUtcMoment(),
  );
}

export class ProjectPath {
  @ProjectIdField({ description: 'Project that will own the assigned accounts.' })
  projectId: string;
}
