import { useCallback } from 'react';
import { ApiClient } from 'adminjs';
import { useFresh, type Reading } from '../../lib/api.js';
import { hearBusinessTime } from '../../lib/business-clock.js';

const client = new ApiClient();

/** What a record's own page shows beside the record, read again every half minute while it is looked at. */
export function useOverview<Data>(resourceId: string, recordId: string) {
  return useFresh(
    useCallback((reading: Reading) => readOverview<Data>(resourceId, recordId, {}, reading), [resourceId, recordId]),
    30_000,
  );
}

/** @throws with a sentence that may be shown */
export async function readOverview<Data>(
  resourceId: string,
  recordId: string,
  params: object = {},
  reading: Reading = {},
): Promise<Data> {
  try {
    const answer = await client.recordAction({ resourceId, recordId, actionName: 'overview', params, ...reading });
    hearBusinessTime(answer.headers);
    const { data } = answer;
    const { notice } = data as { notice?: { type?: string; message: string } };
    if (notice?.type === 'error') throw new Error(notice.message);
    if (typeof data === 'string') throw new Error('You have been signed out. Sign in again in another tab.');
    return data as Data;
  } catch (error) {
    const { response } = error as { response?: { data?: { notice?: { message?: string } } } };
    if (response)
      throw new Error(response.data?.notice?.message ?? 'This could not be read; try again in a moment.', {
        cause: error,
      });
    throw error;
  }
}
