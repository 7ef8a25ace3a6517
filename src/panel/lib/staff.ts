import { useCurrentAdmin } from 'adminjs';
import type { Role } from '../../authorization/roles.js';

export interface Staff {
  email: string;
  name: string;
  role: Role;
}

/** The staff member who is signed in. */
export function useStaff(): Staff {
  const [admin] = useCurrentAdmin();
  const email = admin?.email ?? '';
  const name = typeof admin?.name === 'string' && admin.name !== '' ? admin.name : (email.split('@')[0] ?? '');
  return { email, name, role: admin?.role as Role };
}

/** `Ana Kovač` → `AK`, `demo.finance` → `DF`. */
export function getInitials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)].map((word) => word?.charAt(0)) : [name.slice(0, 2)];
  return letters.join('').toUpperCase();
}

/** `You` for oneself, else the colleague's name. */
export function toNameOrYou(name: string, staff: Staff): string {
  return name === staff.name || name === staff.email ? 'You' : name;
}

/** Whether the role works on requests. */
export function isOperator({ role }: Staff): boolean {
  return role === 'operator' || role === 'admin';
}

/** Whether the role moves money. */
export function isFinance({ role }: Staff): boolean {
  return role === 'finance' || role === 'admin';
}
