import type { OpenAPIObject } from '@nestjs/swagger';
import { sample } from 'openapi-sampler';

interface Operation {
  operationId: string;
  responses: Record<string, { content?: Record<string, { schema: object; examples?: object }> }>;
}

const cancelled = {
  ...{ status: 'rejected', assignedAt: null, assignedSocialAccountIds: [], assignedCount: 0, note: null },
  ...{ outcomeReason: 'cancelled', closedBy: 'partner' },
};
/** By operationId: what its answer has instead of the examples of the fields. */
const differing: Record<string, (example: Example) => object> = {
  cancelLeaseRequest: (example) => ({ ...example, ...cancelled }),
  cancelProjectLeaseRequest: (example) => ({ ...example, ...cancelled }),
  killApiKey: (example) => ({
    ...example,
    apiKey: { ...(example.apiKey as object), killSwitch: true, isActive: false },
  }),
};
type Example = Record<string, unknown>;

/** Gives every answer of success an example, made of the examples of its fields. */
export function addAnswerExamples(document: OpenAPIObject): void {
  for (const item of Object.values(document.paths)) {
    for (const { operationId, responses } of Object.values(item) as unknown as Operation[]) {
      for (const [status, { content }] of Object.entries(responses)) {
        const json = content?.['application/json'];
        if (!json || !status.startsWith('2')) continue;
        const example = sample(json.schema, { skipNonRequired: true }, document) as Example;
        json.examples = { typical: { value: differing[operationId]?.(example) ?? example } };
      }
    }
  }
}
