import { useCurrentAdmin } from 'adminjs';

export interface Staff {
  email: string;
  name: string;
  role: string;
}

/** Who is signed in. */
export function useStaff(): Staff {
  const [admin] = useCurrentAdmin();
  const email = admin?.email ?? '';
  const name = typeof admin?.name === 'string' && admin.name !== '' ? admin.name : (email.split('@')[0] ?? '');
  return { email, name, role: typeof admin?.role === 'string' ? admin.role : '' };
}

/** `Ana Kovač` → `AK`, `demo.finance` → `DF`. */
export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)].map((word) => word?.charAt(0)) : [name.slice(0, 2)];
  return letters.join('').toUpperCase();
}

/** `You` for oneself, else the colleague's name. */
export function nameOrYou(name: string, staff: Staff): string {
  return name === staff.name || name === staff.email ? 'You' : name;
}
