export function formatNumber(number: number): string {
  return number.toLocaleString('en-US');
}

/** `1 account`, `3 accounts`. The one place that words of a count are chosen in. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
