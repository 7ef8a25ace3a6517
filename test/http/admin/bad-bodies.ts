/** Bodies that differ from a good one in one place that no service may take. */
export function badVersionsOf(good: object): object[] {
  const odd: unknown[] = [
    null,
    {},
    [],
    [[]],
    [null],
    true,
    5.5,
    -1e300,
    '',
    '   ',
    '\0',
    'a\0b',
    '\ud800',
    'x'.repeat(3_000),
  ];
  odd.push({ constructor: 1 }, ['x', 'x'], nested(500));
  const bad: object[] = [{ ...good, unknown: 1 }, JSON.parse(`{"__proto__":{"x":1},"constructor":1}`), [], [good]];
  bad.push({ ...good, constructor: { prototype: { x: 1 } } }, { ...good, toString: 'x' });
  for (const [field, value] of Object.entries(good)) {
    for (const other of odd) if (!isAllowed(field, other)) bad.push({ ...good, [field]: other });
    if (typeof value === 'number') bad.push({ ...good, [field]: String(value) }, { ...good, [field]: 1e308 });
    if (typeof value === 'boolean') bad.push({ ...good, [field]: String(value) }, { ...good, [field]: 1 });
  }
  return bad;
}

/** What reads like nothing is something in a few fields. */
function isAllowed(field: string, value: unknown): boolean {
  if (field === 'refund' || field === 'takeOver') return value === true;
  if (field === 'countries') return Array.isArray(value) && value.length === 0;
  return (field === 'priceCents' || field === 'lowBalanceThresholdCents') && value === null;
}

function nested(depth: number): unknown {
  let inner: unknown = 1;
  for (let level = 0; level < depth; level += 1) inner = { inner };
  return inner;
}
