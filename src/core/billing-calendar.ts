/**
 * The moment a lease renews, `months` calendar months after its anchor: the same clock time in UTC on the anchor day,
 * or on the last day of a shorter month (contract: Billing).
 * @param assignedAt gives month and clock time
 * @param anchorDay 1–31
 */
export function addBillingMonths(assignedAt: Date, anchorDay: number, months: number): Date {
  const year = assignedAt.getUTCFullYear();
  const month = assignedAt.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const renewal = new Date(assignedAt);
  renewal.setUTCFullYear(year, month, Math.min(anchorDay, lastDay));
  return renewal;
}

/** How many calendar months (UTC) after that of `first` the month of `last` is. */
export function countCalendarMonths(first: Date, last: Date): number {
  return (last.getUTCFullYear() - first.getUTCFullYear()) * 12 + last.getUTCMonth() - first.getUTCMonth();
}
