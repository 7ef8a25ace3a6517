import type { RecordJSON } from 'adminjs';
import type { Claim } from '../../lease-requests/claims.service.js';
import type { ServedRequest } from '../../queue/serve-next.service.js';
import { postJson } from './http.js';
import type { Jsonified } from './jsonified.js';

/** What an action of the panel answers. */
export interface ActionAnswer {
  record?: RecordJSON;
  notice?: { type?: string; message: string };
  redirectUrl?: string;
  /** The secret of a new API key, shown once. */
  apiKey?: string;
  /** The organization of a new sandbox. */
  sandboxId?: string;
  /** A new password, shown once. */
  password?: string;
  /** A link to choose a password, shown once. */
  link?: string;
  claim?: Jsonified<Claim> | null;
  requestId?: Jsonified<ServedRequest>['requestId'];
  heldBefore?: boolean;
}

/** Runs an action of one record. @throws PanelError */
export function postRecordAction(
  resourceId: string,
  recordId: string,
  actionName: string,
  body: object = {},
): Promise<ActionAnswer> {
  return postJson(`resources/${resourceId}/records/${encodeURIComponent(recordId)}/${actionName}`, body);
}

/** Runs an action that belongs to no record. @throws PanelError */
export function postResourceAction(resourceId: string, actionName: string, body: object = {}): Promise<ActionAnswer> {
  return postJson(`resources/${resourceId}/actions/${actionName}`, body);
}

/** @throws PanelError */
export function createRecord(resourceId: string, body: object): Promise<ActionAnswer> {
  return postResourceAction(resourceId, 'new', body);
}
