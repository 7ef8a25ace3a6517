import { SetMetadata } from '@nestjs/common';

export const scopes = ['leased:write', 'keys:write', '*'] as const;
type Scope = Exclude<(typeof scopes)[number], '*'>;

export const REQUIRED_SCOPE = 'required scope';

/** The scope that a key needs for this route, or for every route of a controller. */
export const RequireScope = (scope: Scope) => SetMetadata(REQUIRED_SCOPE, scope);
