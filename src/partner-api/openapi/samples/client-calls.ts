/** How the clients call one operation. Names are those of TypeScript; Python's are the same in snake_case. */
export interface ClientCall {
  /** Of the client; nothing for a method of its own. */
  resource?: string;
  method: string;
  /** The variable of the answer, or of one item where the client walks a list. */
  result: string;
  isList?: boolean;
  /** Whether it takes the one id without its name. */
  isPositional?: boolean;
  /** Whether the sample shows the Idempotency-Key, which the clients otherwise make by themselves. */
  withIdempotencyKey?: boolean;
}

/** By operationId, in the order in which the reference has them. */
export const clientCalls: Record<string, ClientCall> = {
  requestLeasedAccounts: {
    resource: 'leasedAccounts',
    method: 'request',
    result: 'accepted',
    withIdempotencyKey: true,
  },
  getLeaseRequest: { resource: 'leasedAccounts', method: 'getLeaseRequest', result: 'request', isPositional: true },
  listLeaseRequests: { resource: 'leasedAccounts', method: 'listRequests', result: 'request', isList: true },
  addLeaseRequestNote: { resource: 'leasedAccounts', method: 'addNote', result: 'note' },
  cancelLeaseRequest: { resource: 'leasedAccounts', method: 'cancel', result: 'request' },
  listLeasedAccounts: { resource: 'leasedAccounts', method: 'list', result: 'account', isList: true },
  releaseLeasedAccount: { resource: 'leasedAccounts', method: 'release', result: 'released' },
  getProjectLeaseRequest: { resource: 'leasedAccounts', method: 'getRequest', result: 'request' },
  listProjectLeaseRequests: { resource: 'leasedAccounts', method: 'listRequests', result: 'request', isList: true },
  addProjectLeaseRequestNote: { resource: 'leasedAccounts', method: 'addNote', result: 'note' },
  cancelProjectLeaseRequest: { resource: 'leasedAccounts', method: 'cancel', result: 'request' },
  listProjectLeasedAccounts: { resource: 'leasedAccounts', method: 'list', result: 'account', isList: true },
  whoami: { method: 'whoami', result: 'me' },
  listProjects: { resource: 'projects', method: 'list', result: 'project', isList: true },
  getWallet: { resource: 'wallet', method: 'get', result: 'wallet' },
  listWalletTransactions: { resource: 'wallet', method: 'transactions', result: 'transaction', isList: true },
  listAuditEvents: { resource: 'auditLog', method: 'list', result: 'event', isList: true },
  listCalls: { resource: 'calls', method: 'list', result: 'call', isList: true },
  createWebhookEndpoint: { resource: 'webhookEndpoints', method: 'create', result: 'created' },
  listWebhookEndpoints: { resource: 'webhookEndpoints', method: 'list', result: 'endpoint', isList: true },
  getWebhookEndpoint: { resource: 'webhookEndpoints', method: 'get', result: 'endpoint' },
  updateWebhookEndpoint: { resource: 'webhookEndpoints', method: 'update', result: 'endpoint' },
  deleteWebhookEndpoint: { resource: 'webhookEndpoints', method: 'delete', result: 'deleted' },
  rotateWebhookSecret: { resource: 'webhookEndpoints', method: 'rotateSecret', result: 'rotated' },
  testWebhookEndpoint: { resource: 'webhookEndpoints', method: 'test', result: 'sent' },
  listWebhookDeliveries: { resource: 'webhookEndpoints', method: 'deliveries', result: 'delivery', isList: true },
  replayWebhookDeliveries: { resource: 'webhookEndpoints', method: 'replay', result: 'replay' },
  replayWebhookDelivery: { resource: 'webhookDeliveries', method: 'replay', result: 'replay' },
  listEvents: { resource: 'events', method: 'list', result: 'event', isList: true },
  rotateApiKey: { resource: 'apiKeys', method: 'rotate', result: 'rotated' },
  killApiKey: { resource: 'apiKeys', method: 'kill', result: 'killed' },
  moveSandboxClock: { resource: 'sandbox', method: 'moveClock', result: 'clock' },
  topUpSandbox: { resource: 'sandbox', method: 'topUp', result: 'toppedUp' },
};
