import { useEffect, useState } from 'react';
import { useLocation, useNavigate } from 'react-router-dom';
import type { RecordJSON } from 'adminjs';
import { readList } from '../../lib/api.js';

/** One page of a list, as its address asks for it. */
export interface ListPage {
  records: RecordJSON[];
  meta: { page: number; perPage: number; total: number; sortBy?: string; direction: 'asc' | 'desc' };
}

/** How AdminJS asks a list to be read anew after a deed. */
const ANEW = 'refresh';

/** A list by the address of its page. While another page is read, the one before stays. */
export function useList(resourceId: string) {
  const { pathname, search, state } = useLocation();
  const navigate = useNavigate();
  const [page, setPage] = useState<ListPage | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [loading, setLoading] = useState(true);
  useEffect(() => {
    const asked = new URLSearchParams(search);
    if (asked.has(ANEW)) {
      asked.delete(ANEW);
      return navigate({ pathname, search: asked.toString() }, { replace: true });
    }
    let current = true;
    setLoading(true);
    readList<ListPage>(resourceId, asked)
      .then(
        (read) => {
          if (!current) return;
          setPage(read);
          setFailure(null);
        },
        (error: Error) => {
          if (!current) return;
          setPage(null);
          setFailure(error.message);
        },
      )
      .finally(() => current && setLoading(false));
    return () => {
      current = false;
    };
  }, [resourceId, pathname, search, state, navigate]);
  return { page, failure, loading };
}
