import { availableParallelism } from 'node:os';

const shared = {
  testEnvironment: 'node',
  runtime: '<rootDir>/test/support/native-runtime.cjs',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {},
  restoreMocks: true,
};

const withPostgres = {
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

const project = (name, more = withPostgres) => ({
  ...shared,
  ...more,
  displayName: name,
  roots: [`<rootDir>/test/${name}`],
  // The long proofs of `npm run prove` lie beside the specs.
  testMatch: [process.env.PROVE === 'on' ? '**/*.prove.ts' : '**/*.spec.ts'],
});

/** @type {import('jest').Config} */
export default {
  projects: [project('browser'), project('process'), project('http'), project('service'), project('unit', {})],
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  // Each holds connections to the one test server.
  maxWorkers: Math.min(4, 2 * availableParallelism()),
  testTimeout: 120_000,
};
