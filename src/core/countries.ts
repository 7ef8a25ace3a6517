import { isISO31661Alpha2 } from 'class-validator';

/** Whether `code` is an ISO 3166-1 alpha-2 code in upper case: `GB` is, `UK`, `EU`, `XX` and `gb` are not. */
export function isCountry(code: unknown): code is string {
  return typeof code === 'string' && /^[A-Z]{2}$/.test(code) && isISO31661Alpha2(code);
}

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/** Every such code. */
export const countries = letters.flatMap((first) => letters.map((second) => first + second)).filter(isCountry);
