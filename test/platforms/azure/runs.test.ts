import { standInKeyEnv } from '../../../src/platforms/registry.ts';
import { runsConform } from '../runs.ts';
import { azureConnection } from './support.ts';

const management = { subscription: 's', resourceGroup: 'g', account: 'a', tokenEnv: standInKeyEnv };

runsConform('azure', true, async () => ({
  connection: (url) =>
    azureConnection(url, { apiKeyEnv: standInKeyEnv, management: { ...management, url: new URL(url).origin } }),
  config: {},
  close: async () => {},
}));
