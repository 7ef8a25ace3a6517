/**
 * The end of a range as an address has it, as the inputs of a day and a time show it.
 * @param value `2026-11-30`, `2026-11-30T08:00`, or a moment with its zone, which is shown in `timeZone`
 */
export function toDayAndTime(value: string, timeZone: string): { day: string; time: string } {
  const local = /(Z|[+-]\d\d:\d\d)$/.test(value) ? toLocal(value, timeZone) : value;
  const [day = '', time = ''] = local.split('T');
  return { day, time: time.slice(0, 5) };
}

function toLocal(iso: string, timeZone: string): string {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return '';
  const format = { timeZone, dateStyle: 'short', timeStyle: 'short' } as const;
  // Swedish dates and times are in ISO 8601, but for the T.
  return new Intl.DateTimeFormat('sv-SE', format).format(moment).replace(' ', 'T');
}
