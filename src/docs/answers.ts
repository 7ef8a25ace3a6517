import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse } from '@nestjs/swagger';
import { ErrorEnvelope, errorAnswers, type PartnerErrorCode } from './error-answers.js';
import { rateHeaders, replayed, replyHeaders } from './headers.js';

type Class = new () => object;

/** What a reading route answers, for the reference. */
export function AnswersRead(type: Class, description: string, errors: PartnerErrorCode[] = []): MethodDecorator {
  return answers(200, type, description, errors, {});
}

/** What a mutating route answers, for the reference. */
export function AnswersMutation(
  status: number,
  type: Class,
  description: string,
  errors: PartnerErrorCode[],
): MethodDecorator {
  return answers(status, type, description, errors, replayed);
}

function answers(
  status: number,
  type: Class,
  description: string,
  errors: PartnerErrorCode[],
  more: typeof replayed,
): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(ErrorEnvelope),
    ApiResponse({ status, type, description, headers: { ...replyHeaders, ...rateHeaders, ...more } }),
    ...errorAnswers(errors).map((answer) => ApiResponse(answer)),
  );
}
