/** Tests run as native ES modules (NODE_OPTIONS=--experimental-vm-modules); swc only strips types. */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023', experimental: { keepImportAttributes: true } },
        module: { type: 'es6' },
      },
    ],
  },
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  reporters: ['default', '<rootDir>/test/support/reporter.ts'],
  // Only a bound: a busy machine takes several times as long as an idle one.
  testTimeout: 900_000,
  testSequencer: '<rootDir>/test/support/sequencer.ts',
  // Most of a test is waiting for servers and timers: more at once than there are cores.
  maxWorkers: 4,
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
  coverageReporters: ['text-summary'],
};
