import { isStorableText } from '../core/text.js';
import { IsOneOf, IsText, Optional, validationRule, findTextError } from '../core/validation.js';
import { roles, type Role } from '../authorization/roles.js';

const MIN_PASSWORD_LENGTH = 10;
/** More would only make the hash slow. */
const MAX_PASSWORD_LENGTH = 200;
const EMAIL = /^[^\s\p{Cc}@<>"'`\\]+@[^\s\p{Cc}@<>"'`\\]+$/u;

/** Something that looks like an address; whether mail arrives there is not our business. */
function IsEmailAddress(): PropertyDecorator {
  return validationRule('isEmailAddress', (value) => {
    const fault = findTextError(value, 3, 254);
    return fault ?? (EMAIL.test((value as string).trim()) ? null : 'must be an email address');
  });
}

/** Names stand in the panel's pages, so they are words: no angle brackets, no control characters, nothing that turns the text around. */
function IsPersonName(): PropertyDecorator {
  return validationRule('isPersonName', (value) => {
    const fault = findTextError(value, 1, 100);
    const odd = /[<>\p{Cc}\p{Bidi_Control}]/u.test(value as string);
    return fault ?? (odd ? 'must not contain <, > or characters that cannot be seen' : null);
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

/** Somebody who sets the own password by a link. */
export class InviteStaff {
  @IsEmailAddress()
  email: string;
  @IsOneOf(roles)
  role: Role;
  /** Where it is left out, the part of the email before the `@`. */
  @Optional()
  @IsPersonName()
  name?: string;
}

export class CreateStaff extends InviteStaff {
  /** Where it is left out, one is generated and told once. */
  @Optional()
  @IsPassword()
  password?: string;
}

/** What is left out stays as it is. */
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
}

/** The person is named by id or by email. */
export class SetPassword {
  @Optional()
  @IsText(1, 100)
  staffId?: string;
  @Optional()
  @IsEmailAddress()
  email?: string;
  /** Where it is left out, one is generated and told once. */
  @Optional()
  @IsPassword()
  password?: string;
}

/** The person is named by id or by email. */
export class StaffRef {
  @Optional()
  @IsText(1, 100)
  staffId?: string;
  @Optional()
  @IsEmailAddress()
  email?: string;
}

/** The person is named by the record. */
export class StaffIdRef {
  @IsText(1, 100)
  staffId: string;
}

/** A password that the person chose, by a link. */
export class ChosenPassword {
  @IsPassword()
  password: string;
}

/** A password that the signed-in person chose. */
export class OwnPassword {
  @validationRule('isText', (value) => (isStorableText(value) && value.length <= 1_000 ? null : 'must be text'))
  current: string;
  @IsPassword()
  password: string;
}
