/** Printed at every start. */
export function toStartupMessage(origin: string): string {
  return `
  Panel           ${origin}/admin
  Partner API     ${origin}/v1
  API reference   ${origin}/docs

  New sign-in     npm run --silent cli -- staff:create --email you@example.com --role admin
  New partner     npm run --silent cli -- partner:create --name "Brew Lab" --project Launch --wallet-cents 100000
  New key         npm run --silent cli -- key:create --organization org_…
`;
}
