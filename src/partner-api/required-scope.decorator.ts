import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from './openapi/decorators.js';

export const scopes = ['leased:write', 'keys:write', '*'] as const;
type Scope = Exclude<(typeof scopes)[number], '*'>;

export const REQUIRED_SCOPE = 'required scope';
export const EXEMPT_KEY_PARAMETER = 'path parameter of the key that needs no scope';
/** Names the scope in the API reference. */
export const SCOPE_EXTENSION = 'x-required-scope';

export const SANDBOX_ONLY = 'sandbox only';

/** The route is for test keys alone, which belong to sandboxes. */
export const RequireTestKey = () => SetMetadata(SANDBOX_ONLY, true);

/** The scope that a key needs for this route, or for every route of a controller. */
export const RequireScope = (scope: Scope) =>
  applyDecorators(SetMetadata(REQUIRED_SCOPE, scope), ApiExtension(SCOPE_EXTENSION, scope));

/** The key that this parameter of the path names needs no scope for what it does to itself. */
export const ExemptKeyItself = (parameter: string) => SetMetadata(EXEMPT_KEY_PARAMETER, parameter);
