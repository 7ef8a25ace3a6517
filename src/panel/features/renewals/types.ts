import type { RenewalsForecast as RenewalsForecastAnswer } from '../../../forecast/renewals-forecast.service.js';
import type { Jsonified } from '../../lib/jsonified.js';

export type RenewalsForecast = Jsonified<RenewalsForecastAnswer>;
export type DayForecast = RenewalsForecast['days'][number];
export type PartnerForecast = RenewalsForecast['partners'][number];
export type PastDueLease = RenewalsForecast['pastDue'][number];
export type DisconnectedLease = RenewalsForecast['disconnected'][number];

/** A partner's days, with empty ones where it has no renewals: one for each of `allDays`. */
export function fillDays(days: DayForecast[], allDays: DayForecast[]): DayForecast[] {
  const byDay = new Map(days.map((day) => [day.day, day]));
  return allDays.map(({ day }) => byDay.get(day) ?? { day, renewals: 0, dueCents: 0, uncoveredCents: 0 });
}
