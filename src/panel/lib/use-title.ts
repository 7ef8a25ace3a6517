import { useEffect } from 'react';

/** Sets the browser tab's title while a page shows. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Lease console`;
  }, [title]);
}
