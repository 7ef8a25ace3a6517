import { isStorableText } from '../core/text.js';
import { toTextKey } from '../core/text-key.js';
import { IsOneOf, IsText, Optional, validationRule, findTextError } from '../core/validation.js';
import { IsSeenValues, type SeenValues } from '../audit/seen-values.js';
import { roles, type Role } from '../authorization/roles.js';

const MIN_PASSWORD_LENGTH = 10;
/** Longer passwords only make the hash slow. */
const MAX_PASSWORD_LENGTH = 200;
const EMAIL = /^[^\s\p{Cc}@<>"'`\\]+@[^\s\p{Cc}@<>"'`\\]+$/u;

/** Only the form of an address; nothing is sent to it. */
function IsEmailAddress(): PropertyDecorator {
  return validationRule('isEmailAddress', (value) => {
    const error = findTextError(value, 3, 254) ?? findTextError(toTextKey(value as string), 3, 254);
    return error ?? (EMAIL.test(toTextKey(value as string)) ? null : 'must be an email address');
  });
}

/** Shown in the panel's pages: no angle brackets, no control characters, nothing that changes the text's direction. */
function IsPersonName(): PropertyDecorator {
  return validationRule('isPersonName', (value) => {
    const error = findTextError(value, 1, 100);
    const hasForbidden = /[<>\p{Cc}\p{Bidi_Control}]/u.test(value as string);
    return error ?? (hasForbidden ? 'must not contain <, > or invisible characters' : null);
  });
}

function IsPassword(): PropertyDecorator {
  return validationRule('isPassword', (value) => {
    if (!isStorableText(value)) return 'must be text';
    const length = value.length > 4 * MAX_PASSWORD_LENGTH ? Infinity : [...value].length;
    if (length < MIN_PASSWORD_LENGTH) return `must have at least ${MIN_PASSWORD_LENGTH} characters`;
    return length > MAX_PASSWORD_LENGTH ? `must have at most ${MAX_PASSWORD_LENGTH} characters` : null;
  });
}

/** A person who sets their password by a link. */
export class InviteStaff {
  @IsEmailAddress()
  email: string;
  @IsOneOf(roles)
  role: Role;
  /** Defaults to the part of the email before the `@`. */
  @Optional()
  @IsPersonName()
  name?: string;
}

export class CreateStaff extends InviteStaff {
  /** If it is left out, one is generated and returned once. */
  @Optional()
  @IsPassword()
  password?: string;
}

/** Fields that are left out do not change. */
export class UpdateStaff {
  @IsText(1, 100)
  staffId: string;
  @Optional()
  @IsPersonName()
  name?: string;
  @Optional()
  @IsOneOf(roles)
  role?: Role;
  @Optional()
  @validationRule('isBoolean', (value) => (typeof value === 'boolean' ? null : 'must be true or false'))
  disabled?: boolean;
  /** What the form showed when it was opened; anything else by now is refused. */
  @Optional()
  @IsSeenValues()
  seen?: SeenValues;
}

/** Either the id or the email. */
export class SetPassword {
  @Optional()
  @IsText(1, 100)
  staffId?: string;
  @Optional()
  @IsEmailAddress()
  email?: string;
  /** If it is left out, one is generated and returned once. */
  @Optional()
  @IsPassword()
  password?: string;
}

/** Either the id or the email. */
export class StaffRef {
  @Optional()
  @IsText(1, 100)
  staffId?: string;
  @Optional()
  @IsEmailAddress()
  email?: string;
}

export class StaffIdRef {
  @IsText(1, 100)
  staffId: string;
}

export class ChosenPassword {
  @IsPassword()
  password: string;
}

export class OwnPassword {
  @validationRule('isText', (value) => (isStorableText(value) && value.length <= 1_000 ? null : 'must be text'))
  current: string;
  @IsPassword()
  password: string;
}
