/** What a staff member is; what each may do stands in the permissions. */
export const roles = ['viewer', 'operator', 'finance', 'admin'] as const;
export type Role = (typeof roles)[number];
