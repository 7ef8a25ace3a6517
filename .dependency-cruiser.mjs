/**
 * Which folder of `src` may import which. A folder imports only folders above it in this list (its lower layers);
 * `npm run check` fails on anything else. docs/architecture.md says what each is for.
 */
export const layerGroups = [
  { name: 'foundation', folders: ['config', 'core', 'database', 'lifecycle'] },
  { name: 'who calls, what is recorded', folders: ['authorization', 'audit', 'partner-api', 'calls', 'events'] },
  { name: 'domain', folders: ['account-pool', 'wallets', 'partners', 'leases', 'lease-requests', 'staff'] },
  { name: 'time and money over months', folders: ['demo-clock', 'renewals', 'forecast', 'accounting'] },
  {
    name: 'work and its views',
    folders: [
      ...['audit-api', 'wallet-api', 'webhooks', 'search', 'health', 'queue', 'fulfillment', 'sandbox', 'dashboard'],
      ...['metrics', 'alerts'],
    ],
  },
  { name: 'entrances', folders: ['admin', 'reference', 'demo', 'cli'] },
];

const layers = layerGroups.flatMap(({ folders }) => folders);

/** Pure functions that the server and the browser both run. */
const shared =
  '^src/(config/limits|core/money|core/counts|core/sentence|core/text-key|core/calendar-days|core/case-folding|core/display-names|core/billing-calendar|forecast/runway|wallets/shown-reference|wallets/unusual-amount|admin/actions/record-prefixes|admin/http/paths)[.]ts$';

const upwards = layers.slice(0, -1).map((layer, index) => ({
  name: `${layer}-imports-upwards`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: { path: `^src/(${layers.slice(index + 1).join('|')})/|^src/[^/]+[.]ts$` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...upwards,
    {
      name: 'no-circles',
      comment: 'Type-only imports count too: a circle of files cannot be read from top to bottom.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circles-between-folders',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    {
      name: 'unknown-folder',
      comment: 'A new folder of src gets its place in the list of layers.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${layers.join('|')}|panel)/|^src/[^/]+[.]ts$` },
      to: {},
    },
    {
      name: 'server-imports-panel',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/panel/' },
      to: { path: '^src/panel/' },
    },
    {
      name: 'panel-imports-server-code',
      comment: 'Types only; what runs on both sides is listed in `shared`.',
      severity: 'error',
      from: { path: '^src/panel/' },
      to: { path: '^src/', pathNot: ['^src/panel/', shared], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'panel-imports-node',
      severity: 'error',
      from: { path: '^src/panel/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'shared-code-is-pure',
      severity: 'error',
      from: { path: shared },
      to: { pathNot: shared },
    },
    {
      name: 'browser-library-on-the-server',
      comment:
        'The reference renders its pages with React on the server; AdminJS is loaded in halves, its design system first.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(panel|reference)/|^src/admin/mount-panel[.]ts$' },
      to: {
        path: 'node_modules/(react|react-dom|react-router|react-router-dom|react-redux|@tanstack|@adminjs/design-system)/',
      },
    },
    {
      name: 'swagger-at-the-start',
      comment: 'Documented classes import its decorators from partner-api/openapi/decorators.ts, which defers them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/partner-api/openapi/document[.]ts$' },
      to: { path: 'node_modules/@nestjs/swagger/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'panel-ui-imports-upwards',
      severity: 'error',
      from: { path: '^src/panel/ui/' },
      to: { path: '^src/panel/(shell|features)/' },
    },
    {
      name: 'panel-lib-imports-upwards',
      severity: 'error',
      from: { path: '^src/panel/lib/' },
      to: { path: '^src/panel/(shell|features|ui)/' },
    },
    {
      name: 'panel-features-import-shell',
      severity: 'error',
      from: { path: '^src/panel/features/' },
      to: { path: '^src/panel/shell/' },
    },
    {
      name: 'not-resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    includeOnly: '^src|node_modules',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
