/** For a chart or a table: `3.5 h`; a dash where there was nothing to measure. */
export function formatHours(milliseconds: number | null): string {
  if (milliseconds === null) return '—';
  const hours = milliseconds / 3_600_000;
  return `${hours >= 10 ? Math.round(hours) : hours.toFixed(1)} h`;
}
