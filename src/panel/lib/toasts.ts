/** What an action came to, at the foot of the page. */
export interface Toast {
  id: number;
  message: string;
  /** `idle` where nothing was there to be done. */
  kind: 'done' | 'idle' | 'error';
  /** Undoes the action. @returns the message to show */
  undo?: () => Promise<string>;
}

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

export function showToast(toast: Omit<Toast, 'id'>): void {
  lastId += 1;
  update([...toasts, { ...toast, id: lastId }]);
}

export function dropToast(id: number): void {
  update(toasts.filter((toast) => toast.id !== id));
}

export function getToasts(): readonly Toast[] {
  return toasts;
}

/** @returns the unsubscribe function */
export function subscribeToToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function update(next: readonly Toast[]): void {
  toasts = next;
  listeners.forEach((listener) => listener());
}
