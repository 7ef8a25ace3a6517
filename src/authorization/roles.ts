export const roles = ['viewer', 'operator', 'finance', 'admin'] as const;
export type Role = (typeof roles)[number];
