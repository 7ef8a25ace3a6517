/** By the prefix of their ids. */
const resourcesByPrefix: Record<string, string> = {
  sa: 'social-accounts',
  lse: 'leases',
  lreq: 'lease-requests',
  org: 'organizations',
  prj: 'projects',
  key: 'api-keys',
  txn: 'ledger-transfers',
  stf: 'staff',
  whe: 'webhook-endpoints',
  del: 'webhook-deliveries',
};

export function getResourceByRecordId(id: string): string | undefined {
  return resourcesByPrefix[id.split('_')[0]!];
}
