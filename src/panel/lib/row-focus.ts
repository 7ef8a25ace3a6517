/** Moves the focus by so many rows to the link of a row, through all tables of the page. Enter follows it. */
export function moveRowFocus(by: number): void {
  const links = [...document.querySelectorAll<HTMLElement>('main tbody tr')].flatMap(
    (row) => row.querySelector<HTMLElement>('a[href]') ?? [],
  );
  const row = document.activeElement?.closest('tr');
  const index = row ? links.findIndex((link) => row.contains(link)) : -1;
  const next = links[index < 0 ? 0 : Math.min(links.length - 1, Math.max(0, index + by))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
