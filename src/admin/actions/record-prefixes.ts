/** Whose ids begin so. */
const resourceOfPrefix: Record<string, string> = {
  sa: 'social-accounts',
  lse: 'leases',
  lreq: 'lease-requests',
  org: 'organizations',
  prj: 'projects',
  key: 'api-keys',
  txn: 'ledger-transfers',
  stf: 'staff',
};

/** The resource that a record of this id is in, where the panel has one. */
export function getResourceByRecordId(id: string): string | undefined {
  return resourceOfPrefix[id.split('_')[0]!];
}
