import { useQuery } from '@tanstack/react-query';
import type { RecordJSON } from 'adminjs';
import type { QueryParams } from './http.js';
import type { ApiQueryKey } from './query-client.js';

/** A page of the panel: `queue`, `dashboard`, `renewals`, `month`, `search`. */
export function toPageKey(pageName: string, params: QueryParams = {}): ApiQueryKey {
  return [`pages/${pageName}`, params];
}

/** A record as one of its actions shows it. */
export function toRecordKey(
  resourceId: string,
  recordId: string,
  actionName: string,
  params: QueryParams = {},
): ApiQueryKey {
  return [`resources/${resourceId}/records/${encodeURIComponent(recordId)}/${actionName}`, params];
}

/** @param search page, order and filters: the query string of the list's own address */
export function toListKey(resourceId: string, search: string): ApiQueryKey {
  return [`resources/${resourceId}/actions/list${search}`, {}];
}

/** The records whose title matches. */
export function toSearchKey(resourceId: string, text: string): ApiQueryKey {
  return [`resources/${resourceId}/actions/search${text === '' ? '' : `/${encodeURIComponent(text)}`}`, {}];
}

export interface RecordAnswer {
  record?: RecordJSON;
}

export interface RecordsAnswer {
  records: RecordJSON[];
}

/** What a record's own page shows beside the record. */
export function useOverview<Overview>(resourceId: string, recordId: string) {
  return useQuery<Overview>({ queryKey: toRecordKey(resourceId, recordId, 'overview'), refetchInterval: 30_000 });
}

/** The key of an infinite query of the same address. */
export function toPagedKey([path, params]: ApiQueryKey): ApiQueryKey {
  return [path, params, 'pages'];
}
