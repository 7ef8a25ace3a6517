import { isCleanText } from '../common/checks.js';
import { IsOneOf, IsText, Optional, rule, textFault } from '../common/validation.js';
import { roles, type Role } from '../common/roles.js';

const LEAST_PASSWORD = 10;
/** More would only make the hash slow. */
const MOST_PASSWORD = 200;
const EMAIL = /^[^\s\p{Cc}@<>"'`\\]+@[^\s\p{Cc}@<>"'`\\]+$/u;

/** Something that looks like an address; whether mail arrives there is not our business. */
function IsEmailAddress(): PropertyDecorator {
  return rule('isEmailAddress', (value) => {
    const fault = textFault(value, 3, 254);
    return fault ?? (EMAIL.test((value as string).trim()) ? null : 'must be an email address');
  });
}

/** Names stand in the panel's pages, so they are words: no angle brackets, no control characters, nothing that turns the text around. */
function IsPersonName(): PropertyDecorator {
  return rule('isPersonName', (value) => {
    const fault = textFault(value, 1, 100);
    const odd = /[<>\p{Cc}\p{Bidi_Control}]/u.test(value as string);
    return fault ?? (odd ? 'must not contain <, > or characters that cannot be seen' : null);
  });
}

function IsPassword(): PropertyDecorator {
  return rule('isPassword', (value) => {
    if (!isCleanText(value)) return 'must be text';
    const length = value.length > 4 * MOST_PASSWORD ? Infinity : [...value].length;
    if (length < LEAST_PASSWORD) return `must have at least ${LEAST_PASSWORD} characters`;
    return length > MOST_PASSWORD ? `must have at most ${MOST_PASSWORD} characters` : null;
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
  @rule('isBoolean', (value) => (typeof value === 'boolean' ? null : 'must be true or false'))
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
export class NamedStaff {
  @Optional()
  @IsText(1, 100)
  staffId?: string;
  @Optional()
  @IsEmailAddress()
  email?: string;
}

/** The person is named by the record. */
export class OnStaff {
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
  @rule('isText', (value) => (isCleanText(value) && value.length <= 1_000 ? null : 'must be text'))
  current: string;
  @IsPassword()
  password: string;
}
