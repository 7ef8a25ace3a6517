import { ApiResponse } from '@nestjs/swagger';
import { rateHeaders, replayed, responseHeaders } from './headers.js';

type Class = new () => object;

/** What a reading route answers, for the reference. */
export function ApiRead(type: Class, description: string): MethodDecorator {
  return ApiResponse({ status: 200, type, description, headers: { ...responseHeaders, ...rateHeaders } });
}

/** What a mutating route answers, for the reference. */
export function ApiMutation(status: number, type: Class, description: string): MethodDecorator {
  return ApiResponse({ status, type, description, headers: { ...responseHeaders, ...rateHeaders, ...replayed } });
}
