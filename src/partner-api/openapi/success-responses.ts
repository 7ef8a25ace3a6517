import { ApiResponse } from './decorators.js';
import { location, rateHeaders, replayed, responseHeaders } from './headers.js';

type Class = new () => object;

/** Documents the response of a reading route. */
export function ApiRead(type: Class, description: string): MethodDecorator {
  return ApiResponse({ status: 200, type, description, headers: { ...responseHeaders, ...rateHeaders } });
}

/** Documents the response of a mutating route. */
export function ApiMutation(status: number, type: Class, description: string): MethodDecorator {
  const headers = { ...responseHeaders, ...rateHeaders, ...replayed, ...(status === 202 && location) };
  return ApiResponse({ status, type, description, headers });
}
