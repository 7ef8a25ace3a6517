/** In SQL: whether another account was given in place of this lease, be that one taken back again since. */
export function isReplacedSql(lease: string): string {
  return `EXISTS (SELECT FROM lease next WHERE next.lease_request_id = ${lease}.lease_request_id AND next.replaces_id = ${lease}.id)`;
}
