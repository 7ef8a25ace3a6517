import { panelPath } from '../../admin/http/paths.js';

/** Addresses of the panel; ids are escaped here. */
export { panelPath };
export const logoutPath = `${panelPath}/logout`;
const loginPath = `${panelPath}/login`;
export const accountPath = `${panelPath}/account`;

export function toPagePath(pageName: string): string {
  return `${panelPath}/pages/${pageName}`;
}

/** The sign-in that leads back to a page. */
export function toSignInPath({ pathname, search }: Pick<Location, 'pathname' | 'search'>): string {
  return `${loginPath}?${new URLSearchParams({ next: pathname + search })}`;
}

/** A resource's list, narrowed by properties of its records. */
export function toListPath(resourceId: string, filters: Record<string, string> = {}): string {
  const query = new URLSearchParams(Object.entries(filters).map(([name, value]) => [`filters.${name}`, value]));
  return `${panelPath}/resources/${resourceId}${query.size > 0 ? `?${query}` : ''}`;
}

export function toRecordPath(resourceId: string, recordId: string, actionName = 'show'): string {
  return `${panelPath}/resources/${resourceId}/records/${encodeURIComponent(recordId)}/${actionName}`;
}

/** The page on which staff work on a lease request. */
export function toRequestPath(leaseRequestId: string): string {
  return toRecordPath('lease-requests', leaseRequestId, 'fulfil');
}

/** The form of a new record, with some of its fields filled. */
export function toNewRecordPath(resourceId: string, fields: Record<string, string> = {}): string {
  return `${panelPath}/resources/${resourceId}/actions/new?${new URLSearchParams(fields)}`;
}

/** A file that the browser downloads. */
export function toExportPath(file: string): string {
  return `${panelPath}/api/exports/${file}`;
}
