import { AuditService } from '../../../src/audit/audit.service.js';
import { SealedColumns } from '../../../src/core/sealed-columns.js';
import { SecretBox } from '../../../src/core/secret-box.js';
import { Transactions } from '../../../src/core/transactions.js';
import { StoredSecrets } from '../../../src/staff/stored-secrets.service.js';
import type { TestApp } from '../../support/app.js';

/** As a process with these keys has them. */
export function storedSecrets(service: TestApp, ...secretsKeys: string[]): StoredSecrets {
  const { app, dataSource } = service;
  const columns = app.get(SealedColumns, { strict: false });
  const audit = app.get(AuditService, { strict: false });
  const transactions = app.get(Transactions, { strict: false });
  return new StoredSecrets(dataSource, transactions, columns, new SecretBox({ secretsKeys }), audit);
}
